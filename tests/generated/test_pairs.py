"""Every pair of values boots, and every operation returns what it documents."""

import pytest

from apiforge import paths
from apiforge.catalog.load import load_catalog
from tests.generated.conftest import Boot, MakeProject
from tests.generated.pairs import Combination, covering_combinations, flags

COMBINATIONS = covering_combinations(load_catalog([paths.templates()]))
RESOURCES = (
    "category: name:string(60)! parent:ref(category)?",
    "product: name:string(120) sku:string(32)! price:decimal(10,2) stock:integer=0"
    " status:enum(draft|live)=draft released:date? seen_at:datetime?# category:ref(category)",
    "person: name:string email:email! active:boolean=true homepage:url? meta:json? rating:float?"
    " size:bigint# key:uuid! bio:text? favourite:ref(product)?",
)


@pytest.mark.parametrize("combination", COMBINATIONS, ids=lambda one: "-".join(one.values()))
def test_every_operation_returns_what_it_documents(
    combination: Combination, make_project: MakeProject, boot: Boot
) -> None:
    resources = [word for text in RESOURCES for word in ("--resource", text)]
    project = make_project(*flags(combination), *resources)
    with boot(project) as live:
        live.exercise.run()
        assert live.client.get("/livez").status_code == 200
        assert live.client.get("/readyz").status_code == 200
        assert live.client.get("/nowhere").headers["content-type"] == "application/problem+json"
