"""The funnel board."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from flask import render_template, request
from flask_appbuilder import BaseView, expose
from flask_babel import format_decimal

from app.core.actor import Actor, Right, current_actor
from app.core.errors import NotFound
from app.core.i18n import _
from app.core.presentation import record_url
from app.core.services.dictionaries import terms
from app.core.types import utc_now
from app.core.views.access import requires
from app.extensions import db
from app.sales.models import OPPORTUNITY, Opportunity, Stage, StageKind
from app.sales.rules.stages import age_tone
from app.sales.services.board import Board, Cards
from app.sales.services.funnel import StageSums
from app.sales.services.selection import Selection
from app.sales.services.stages import Funnel, load_funnel
from app.sales.settings import company_currency
from app.sales.views.selection import as_arguments, chosen, sees_others, selection_of_request


@dataclass(frozen=True)
class Card:
    """An opportunity as the board shows it."""

    record: Opportunity
    url: str
    move_url: str
    amount: str
    days: int | None
    age: str
    tone: str
    late: bool


class FunnelBoardView(BaseView):
    """Opportunities by stage."""

    route_base = "/funnel"
    class_permission_name = "funnel"
    default_view = "board"

    @expose("/board")
    @requires(Right.VIEW)
    def board(self) -> str:
        """The columns with their first cards."""
        actor = current_actor()
        funnel, selection = asked_funnel()
        board = Board(db.session(), actor, selection.base)
        figures, cards = board.figures(), board.first_cards(funnel.stages)
        columns = [
            {"stage": stage, "figures": shown_figures(stage, figures), **shown_cards(stage, cards[stage.id], selection, actor)}
            for stage in funnel.stages
        ]
        return render_template(
            "sales/board.html",
            funnel=funnel,
            columns=columns,
            selection=selection,
            chosen=chosen(selection),
            filtered=selection != Selection(pipeline_id=funnel.pipeline.id),
            sees_others=sees_others(actor),
            may_move=actor.may(Right.EDIT, OPPORTUNITY.name),
            may_create=actor.may(Right.CREATE, OPPORTUNITY.name),
            loss_reasons=loss_reasons(),
            currency=company_currency(),
        )

    @expose("/board/cards")
    @requires(Right.VIEW)
    def cards(self) -> str:
        """More cards of one column."""
        actor = current_actor()
        funnel, selection = asked_funnel()
        stage = next((s for s in funnel.stages if s.id == request.args.get("stage", type=int)), None)
        if stage is None:
            raise NotFound()
        more = Board(db.session(), actor, selection.base).more_cards(stage, request.args.get("after", ""))
        return render_template(
            "sales/_cards.html", stage=stage, may_move=actor.may(Right.EDIT, OPPORTUNITY.name), **shown_cards(stage, more, selection, actor)
        )


def asked_funnel() -> tuple[Funnel, Selection]:
    """The asked pipeline, or the default one, and what is asked of it."""
    asked = selection_of_request()
    funnel = load_funnel(db.session(), asked.pipeline_id)
    return funnel, selection_of_request(pipeline_id=funnel.pipeline.id)


def shown_cards(stage: Stage, cards: Cards, selection: Selection, actor: Actor) -> dict[str, Any]:
    """Cards ready for the template, and the address of the next ones."""
    today = utc_now().astimezone(ZoneInfo(actor.timezone)).date()
    arguments = as_arguments(selection)
    more = f"/funnel/board/cards?{urlencode(arguments | {'stage': str(stage.id), 'after': cards.next})}" if cards.next else None
    age = _("%(days)s d", days="{days}")  # looked up once, not on every card
    return {"cards": [_card(r, stage, today, urlencode(arguments), age, actor) for r in cards.records], "more_url": more}


def _card(record: Opportunity, stage: Stage, today: date, arguments: str, age: str, actor: Actor) -> Card:
    is_open = stage.kind is StageKind.OPEN
    entered = record.stage_entered_at.astimezone(ZoneInfo(actor.timezone)).date()
    days = (today - entered).days if is_open else None
    url = record_url(OPPORTUNITY, record.id)
    return Card(
        record=record,
        url=url,
        move_url=f"{url}/move?{arguments}",
        amount=whole(record.base_amount) if record.amount is not None else "",
        days=days,
        age=age.replace("{days}", str(days)),
        tone=age_tone(days, stage.warn_days, stage.expected_days) if days is not None else "",
        late=is_open and record.expected_close is not None and record.expected_close < today,
    )


def shown_figures(stage: Stage, figures: dict[int, StageSums]) -> dict[str, str]:
    """A column's figures as texts; what is decided needs no weight."""
    found = figures.get(stage.id, StageSums())
    shown = {"count": format_decimal(found.count), "sum": whole(found.amount)}
    return shown | ({"weighted": whole(found.weighted)} if stage.kind is StageKind.OPEN else {})


def whole(amount: Decimal) -> str:
    """An amount without cents."""
    return format_decimal(amount, "#,##0")


def loss_reasons() -> list[tuple[str, str]]:
    """(key, label) of the reasons that may be chosen."""
    return [(key, term.label) for key, term in terms(db.session(), "loss_reason").items() if term.active]
