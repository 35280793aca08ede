"""Pipelines and stages as configuration: what is in use keeps its meaning."""

import pytest

from app.core.actor import SYSTEM
from app.core.errors import InvalidValues, RuleViolation
from app.sales.models import Pipeline
from app.sales.services.opportunity import OpportunityService
from app.sales.services.pipeline import PipelineService
from app.sales.services.stage import StageService
from app.sales.services.stages import load_funnel

SECOND = {"name_zh": "渠道", "name_en": "Channel", "key": "channel"}


def test_only_one_pipeline_is_the_default(system):
    first = load_funnel(system).pipeline
    second = PipelineService().create({**SECOND, "is_default": True}, actor=SYSTEM)
    system.refresh(first)
    assert (first.is_default, second.is_default) == (False, True)
    with pytest.raises(InvalidValues):
        PipelineService().update(second.id, {"is_default": False}, actor=SYSTEM, version=None)
    with pytest.raises(RuleViolation):
        PipelineService().delete(second.id, actor=SYSTEM)


@pytest.mark.parametrize("key", ["Has Blanks", "中文", "", "x" * 41])
def test_keys_are_plain(system, key):
    with pytest.raises(InvalidValues) as refused:
        PipelineService().create({**SECOND, "key": key}, actor=SYSTEM)
    assert "key" in refused.value.problems


def test_a_stage_in_use_is_neither_deleted_nor_turned_around(system, make, stages):
    make(stage="proposal")
    service = StageService()
    with pytest.raises(RuleViolation):
        service.delete(stages["proposal"], actor=SYSTEM)
    with pytest.raises(InvalidValues):
        service.update(stages["proposal"], {"kind": "won"}, actor=SYSTEM, version=None)
    service.update(stages["proposal"], {"name_en": "Offer", "probability": "55"}, actor=SYSTEM, version=None)
    service.delete(stages["negotiation"], actor=SYSTEM)


def test_nothing_enters_a_pipeline_that_is_switched_off(system, stages):
    second = PipelineService().create({**SECOND, "active": False}, actor=SYSTEM)
    values = {"pipeline_id": second.id, "name_zh": "开始", "name_en": "Start", "key": "start"}
    start = StageService().create(values, actor=SYSTEM)
    with pytest.raises(InvalidValues) as refused:
        OpportunityService().create({"name": "x", "stage_id": start.id}, actor=SYSTEM)
    assert "stage_id" in refused.value.problems
    assert OpportunityService().create({"name": "x"}, actor=SYSTEM).stage_id == stages["prospecting"]


def test_a_result_has_its_own_probability(system):
    pipeline = system.query(Pipeline).one()
    values = {"pipeline_id": pipeline.id, "name_zh": "无效", "name_en": "Invalid", "key": "invalid", "kind": "invalid", "probability": "40"}
    assert StageService().create(values, actor=SYSTEM).probability == 0
    with pytest.raises(InvalidValues) as refused:
        StageService().create(values, actor=SYSTEM)
    assert "key" in refused.value.problems


def test_the_picker_lists_stages_in_their_order(client_of):
    found = client_of("sales_a1").get("/stages/options").json
    assert [stage["text"] for stage in found] == ["Prospecting", "Engaging", "Proposal", "Negotiation", "Won", "Lost"]
    assert {stage["hint"] for stage in found} == {"Standard sales"}
    assert [stage["text"] for stage in client_of("sales_a1", "zh").get("/stages/options?q=won").json]
