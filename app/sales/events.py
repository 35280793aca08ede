"""News of the sales domain; domains above may listen, inside the same transaction."""

from blinker import Namespace

_signals = Namespace()

# Sent on every path that lets an opportunity enter a stage: creation, board, form, API, import, conversion.
# Sender: the Opportunity. Arguments: before (Stage or None for a new one), after (Stage), actor (Actor).
opportunity_stage_changed = _signals.signal("opportunity_stage_changed")

# Sent when a lead has become a customer. Sender: the Lead. Arguments: customer, contact, opportunity (the last two may be None), actor.
lead_converted = _signals.signal("lead_converted")
