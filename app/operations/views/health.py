"""For monitors and load balancers: is the process alive, and can it do its work?"""

from flask import Response, jsonify
from flask_appbuilder import BaseView, expose

from app.core.views.access import public
from app.operations.services.health import READINESS, examine


class HealthView(BaseView):
    """Public and without details: nothing here helps an attacker."""

    route_base = "/health"

    @expose("/alive")
    @public
    def alive(self) -> Response:
        """The process answers; says nothing about the database, so that its failure restarts nobody."""
        return jsonify(status="alive")

    @expose("/ready")
    @public
    def ready(self) -> Response:
        """200 when requests can be served; what is degraded is named either way."""
        findings = examine(READINESS)
        ready = all(f.good for f in findings if f.vital)
        answer = jsonify(status="ready" if ready else "not_ready", checks={f.key: "ok" if f.good else "failed" for f in findings})
        answer.status_code = 200 if ready else 503
        return answer
