"""Pages of an entity: list, record, form, delete, export; every write goes through its service."""

from typing import Any, ClassVar

from flask import flash, jsonify, redirect, render_template, request
from flask_appbuilder import BaseView, expose
from werkzeug import Response

from app.core.actor import Actor, Right, current_actor
from app.core.database import unit_of_work
from app.core.entity import Entity, Section, get_entity
from app.core.errors import BadRequest, InvalidValues, NotFound, Refusal, RuleViolation, StaleRecord
from app.core.fields import Field
from app.core.i18n import _, ngettext
from app.core.models.audit import AuditEntry
from app.core.models.record import Owned, Record
from app.core.presentation import Shown, list_url, record_url, show
from app.core.rules.filters import Filter
from app.core.rules.values import Unreadable, read_value
from app.core.services.export import stream_export
from app.core.services.history import changes_in_words, history_of
from app.core.services.listing import Question, count, page
from app.core.services.picking import pick_records
from app.core.services.records import EntityService, service_of
from app.core.views.access import requires
from app.core.views.forms import EntityForm, ValueField, build_form
from app.core.views.links import own_path
from app.core.views.lists import ListPage, build_list, question_of_request, relations_shown
from app.core.views.panels import tabs_of
from app.extensions import db

BULK_LIMIT = 200
# Routes that an entity without the right does not have at all.
ROUTES_OF = {
    Right.CREATE: ("new",),
    Right.EDIT: ("edit",),
    Right.DELETE: ("delete", "restore"),
    Right.EXPORT: ("export",),
}


class EntityView(BaseView):
    """A subclass names its entity; columns, forms, rights and addresses follow from that."""

    entity: ClassVar[Entity]
    service_class: ClassVar[type[EntityService[Any]] | None] = None
    list_template = "kit/list.html"
    record_template = "kit/record.html"
    default_view = "index"
    form_template = "kit/form.html"

    def __init_subclass__(cls) -> None:
        super().__init_subclass__()
        if "entity" in cls.__dict__:
            cls.route_base = cls.entity.path
            cls.class_permission_name = cls.entity.name
            unused = {name for right, names in ROUTES_OF.items() if right not in cls.entity.rights for name in names}
            if not issubclass(cls.entity.model, Record):
                unused.add("restore")  # users and roles have no recycle bin
            cls.exclude_route_methods = set(cls.exclude_route_methods) | unused
            cls.base_permissions = [f"can_{right}" for right in cls.entity.rights]

    @property
    def service(self) -> EntityService[Any]:
        return self.service_class() if self.service_class else service_of(self.entity)

    # -- list ------------------------------------------------------------------
    @expose("/")
    @requires(Right.VIEW)
    def index(self) -> str:
        """The list, or only its table when htmx asks."""
        found = build_list(self.entity, db.session())
        template = "kit/_table.html" if request.headers.get("HX-Request") else self.list_template
        return render_template(template, list=found, entity=self.entity, **self.list_extras(found))

    def list_extras(self, found: ListPage) -> dict[str, Any]:
        """Further variables for a list template of its own."""
        return {}

    @expose("/count")
    @requires(Right.VIEW)
    def count(self) -> str:
        """The number of matching records, fetched after the page is there."""
        number, more = count(db.session(), self.entity, question_of_request(self.entity), current_actor())
        return _("more than %(count)s", count=f"{number:,}") if more else f"{number:,}"

    @expose("/options")
    @requires(Right.VIEW)
    def options(self) -> Response:
        """Choices for a remote picker: [{id, text, hint}]."""
        return jsonify(pick_records(db.session(), self.entity, request.args.get("q", ""), current_actor()))

    @expose("/export")
    @requires(Right.EXPORT)
    def export(self) -> Response:
        """Exactly the list that is shown, as CSV or XLSX."""
        question = question_of_request(self.entity)
        return stream_export(db.session(), self.entity, question, current_actor(), request.args.get("format", "csv"))

    # -- record ----------------------------------------------------------------
    @expose("/<int:record_id>")
    @requires(Right.VIEW)
    def show(self, record_id: int) -> str:
        """The record page."""
        actor = current_actor()
        return render_template(self.record_template, **self.record_variables(self.load(record_id, actor), actor))

    def record_variables(self, record: Any, actor: Actor) -> dict[str, Any]:
        """Everything a record template draws."""
        return {
            "entity": self.entity,
            "record": record,
            "facts": [(self.entity.field(n), show(self.entity.field(n), record)) for n in self.fact_names],
            "sections": self.shown_sections(record),
            "tabs": tabs_of(self.entity, record.id, actor),
            "may": self.rights_on(record, actor),
            **self.record_extras(record, actor),
        }

    def load(self, record_id: int, actor: Actor) -> Any:
        """The record with everything its page shows."""
        return self.service.get(record_id, actor=actor)

    def record_extras(self, record: Any, actor: Actor) -> dict[str, Any]:
        """Further variables for a record template of its own."""
        return {}

    @property
    def fact_names(self) -> tuple[str, ...]:
        return self.entity.facts or self.entity.columns[1:5]

    def shown_sections(self, record: Any) -> list[tuple[Section, list[tuple[Field, Shown]]]]:
        """Form sections as facts, then who and when."""
        shown = [(s, [(self.entity.field(n), show(self.entity.field(n), record)) for n in s.fields]) for s in self.entity.form_sections]
        if isinstance(record, Record):
            names: tuple[str, ...] = ("created_by_id", "created_at", "updated_by_id", "updated_at")
            if isinstance(record, Owned):
                names = ("owner_id", "department_id", *names)
            listed = {n for s in self.entity.form_sections for n in s.fields}
            facts = [(self.entity.field(n), show(self.entity.field(n), record)) for n in names if n not in listed]
            shown.append((Section(_("Record"), names), facts))
        return shown

    def rights_on(self, record: Any, actor: Actor) -> dict[str, bool]:
        """{right: bool} for the buttons; the service asks again."""
        rights = (Right.EDIT, Right.DELETE, Right.TRANSFER)
        return {str(r): r in self.entity.rights and self.service.reaches(record, actor, r) for r in rights if r in self.entity.rights}

    @expose("/<int:record_id>/history")
    @requires(Right.VIEW)
    def history(self, record_id: int) -> str:
        """Who changed what, newest first."""
        record = self.service.get(record_id, actor=current_actor())
        entries: list[AuditEntry] = history_of(db.session(), self.entity, record.id)
        words = changes_in_words(db.session(), entries)
        return render_template("kit/_history.html", entity=self.entity, record=record, entries=entries, words=words)

    @expose("/<int:record_id>/related/<name>/<field>")
    @requires(Right.VIEW)
    def related(self, record_id: int, name: str, field: str) -> str:
        """The first records of a related list."""
        actor = current_actor()
        record = self.service.get(record_id, actor=actor)
        target = get_entity(name) if any((r.entity, r.field) == (name, field) for r in self.entity.related) else None
        if target is None or not actor.may(Right.VIEW, name):
            raise NotFound()
        question = Question(filters=(Filter(field, "eq", str(record.id)),), size=20)
        columns = tuple(c for c in target.columns if c != field)
        found = page(db.session(), target, question, actor, relations=relations_shown(target, columns))
        shown = ListPage(target, question, found, actor, db.session(), columns)
        add = f"{target.path}/new?{field}={record.id}" if actor.may(Right.CREATE, name) else None
        return render_template(
            "kit/_related.html", list=shown, entity=target, all_url=list_url(target, f"{field}:eq:{record.id}"), add_url=add
        )

    # -- writing ---------------------------------------------------------------
    @expose("/new", methods=["GET", "POST"])
    @requires(Right.CREATE)
    def new(self) -> Any:
        """An empty form (prefilled from the address), or the new record."""
        actor = current_actor()
        form = build_form(self.entity, actor, defaults=self.defaults(actor))
        if request.method == "GET":
            return self.draw_form(form)
        try:
            values = self.submitted(form)
            with unit_of_work():
                record = self.service.create(values, actor=actor)
        except RuleViolation as refusal:
            return self.draw_form(form, refusal=refusal), 422
        flash(_("%(what)s “%(title)s” has been created.", what=self.entity.label, title=record.title), "success")
        return redirect(self.landing(record.id))

    @expose("/<int:record_id>/edit", methods=["GET", "POST"])
    @requires(Right.EDIT)
    def edit(self, record_id: int) -> Any:
        """The form of a record, or its changes; a stale version shows both and saves nothing."""
        actor = current_actor()
        record = self.service.get(record_id, actor=actor, right=Right.EDIT)
        form = build_form(self.entity, actor, record=record)
        if request.method == "GET":
            return self.draw_form(form, record=record)
        try:
            values = self.submitted(form)
            with unit_of_work():
                self.service.update(record_id, values, actor=actor, version=self.seen_version())
        except StaleRecord:
            return self.draw_conflict(record_id, form, actor), 409
        except RuleViolation as refusal:
            record = self.service.get(record_id, actor=actor, right=Right.EDIT)
            return self.draw_form(form, record=record, version=self.seen_version(), refusal=refusal), 422
        flash(_("Saved."), "success")
        return redirect(self.landing(record_id))

    @expose("/<int:record_id>/delete", methods=["POST"])
    @requires(Right.DELETE)
    def delete(self, record_id: int) -> Response:
        """To the recycle bin, with a way back."""
        with unit_of_work():
            record = self.service.delete(record_id, actor=current_actor(), version=self.seen_version(optional=True))
            title = record.title
        flash(_("“%(title)s” has been moved to the recycle bin.", title=title), "success")
        return redirect(f"{self.entity.path}/")

    @expose("/<int:record_id>/restore", methods=["POST"])
    @requires(Right.DELETE)
    def restore(self, record_id: int) -> Response:
        """Back from the recycle bin."""
        with unit_of_work():
            self.service.restore(record_id, actor=current_actor())
        flash(_("The record is back."), "success")
        return redirect(record_url(self.entity, record_id))

    @expose("/bulk/<action>", methods=["POST"])
    @requires(Right.VIEW)
    def bulk(self, action: str) -> Response:
        """One action on many records, one result per row; a refused row does not stop the others."""
        perform = self.bulk_action(action)
        ids = request.form.getlist("id", type=int)[:BULK_LIMIT]
        if not ids:
            raise BadRequest(_("Select at least one record."))
        results: list[tuple[int, str | None]] = []
        for record_id in ids:
            try:
                with unit_of_work():
                    perform(record_id)
                results.append((record_id, None))
            except Refusal as refusal:
                results.append((record_id, str(refusal.sentence)))
        done = sum(1 for _id, problem in results if problem is None)
        if done:
            flash(ngettext("%(num)s record done.", "%(num)s records done.", done), "success")
        for record_id, problem in results:
            if problem is not None:
                flash(_("“%(what)s” was left as it is: %(problem)s", what=self.title_of(record_id), problem=problem), "warning")
        return redirect(own_path(request.form.get("back"), f"{self.entity.path}/"))

    def title_of(self, record_id: int) -> str:
        """What a record is called, as far as the person may know."""
        record = db.session.get(self.entity.model, record_id)
        return str(record) if record is not None else f"{self.entity.label} #{record_id}"

    def bulk_action(self, action: str) -> Any:
        """What a bulk action does with one id; the service checks the right on each record."""
        actor = current_actor()
        if action == "delete" and Right.DELETE in self.entity.rights:
            return lambda record_id: self.service.delete(record_id, actor=actor)
        if action == "transfer" and Right.TRANSFER in self.entity.rights:
            owner_id = request.form.get("owner_id", type=int)
            if owner_id is None:
                raise BadRequest(_("Choose the new owner."))
            return lambda record_id: self.service.transfer(record_id, owner_id, actor=actor)
        raise NotFound()

    # -- helpers ---------------------------------------------------------------
    def submitted(self, form: EntityForm) -> dict[str, Any]:
        """The typed values of a form, or InvalidValues."""
        if not form.validate():
            raise InvalidValues({name: problems[0] for name, problems in form.errors.items() if name and problems})
        return form.values()

    def seen_version(self, optional: bool = False) -> int | None:
        version = request.form.get("version", type=int)
        if version is None and not optional:
            raise BadRequest()
        return version

    def landing(self, record_id: int) -> str:
        """Where saving a record leads to."""
        return record_url(self.entity, record_id)

    def defaults(self, actor: Actor) -> dict[str, Any]:
        """Values that an address may prefill: `/contacts/new?customer_id=7`."""
        found = {}
        for name in self.entity.form_fields + self.entity.carried:
            if name in request.args:
                try:
                    found[name] = read_value(self.entity.field(name), request.args[name], zone=actor.timezone)
                except Unreadable:
                    continue  # a prefilled value that cannot be read is simply not prefilled
        return found

    def draw_form(self, form: EntityForm, *, record: Any = None, version: int | None = None, refusal: RuleViolation | None = None) -> str:
        """The form page with everything that was typed and every sentence in its place."""
        messages: list[str] = []
        if isinstance(refusal, InvalidValues):
            known = {name for name, problems in form.errors.items() if problems}
            messages = form.add_problems({n: s for n, s in refusal.problems.items() if n not in known})
        elif refusal is not None:
            messages = [str(refusal.sentence)]
        sections = [(s.label, [form[n] for n in s.fields if n in form]) for s in self.entity.form_sections]
        return render_template(
            self.form_template,
            entity=self.entity,
            record=record,
            form=form,
            sections=[(label, fields) for label, fields in sections if fields],
            version=version or (record.version if record is not None else None),
            messages=messages,
            cancel_url=record_url(self.entity, record.id) if record is not None else f"{self.entity.path}/",
        )

    def draw_conflict(self, record_id: int, form: EntityForm, actor: Actor) -> str:
        """Both versions side by side: what is stored now, what was typed."""
        db.session.rollback()
        record = self.service.get(record_id, actor=actor)
        rows = []
        for field in form:
            if isinstance(field, ValueField):
                stored = show(field.field, record)
                changed = getattr(record, field.field.name) != field.data
                rows.append((field, stored, changed))
        return render_template("kit/conflict.html", entity=self.entity, record=record, rows=rows, form=form, version=record.version)
