"""Texts of Flask-AppBuilder that its own Chinese catalogue lacks and that can appear; extracted, never run.

Its other texts are translated there. Ours win where both know a text.
"""

from app.core.i18n import _l

TEXTS = (
    _l("Add"),
    _l("Add Group"),
    _l("Are you sure you want to delete this item?"),
    _l("Contains (insensitive)"),
    _l("Database Error"),
    _l("Delete"),
    _l("Edit"),
    _l("Edit Group"),
    _l("Edit User Information"),
    _l("Either select a role or a group"),
    _l("Groups"),
    _l("In"),
    _l("It's not a good policy to remove a user, just make it inactive"),
    _l("List Groups"),
    _l("Must have at least two capital letters, one special character, two digits, three lower case letters and a minimal length of 10."),
    _l("Not In"),
    _l("Not a valid choice"),
    _l("Show"),
    _l("Show Group"),
    _l("Sign In with "),
    _l("Start with"),
    _l("The user's password for authentication"),
    _l("User information changed"),
    _l("User(s) exists in the group, cannot delete"),
    _l("User(s) exists in the role, cannot delete"),
)
