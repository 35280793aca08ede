"""The company every test finds: two branches, people of every role, records with marks of their owners."""

from dataclasses import dataclass, field

from flask_migrate import upgrade
from sqlalchemy import select
from werkzeug.security import generate_password_hash

from app.core.actor import SYSTEM, acting_as
from app.core.database import unit_of_work
from app.customers.services.contact import ContactService
from app.customers.services.customer import CustomerService
from app.security.models import CrmRole, CrmUser
from app.security.services.actor import load_actor
from app.security.services.department import DepartmentService
from app.security.services.setup import seed_all

PASSWORD = "blue-otter-rides-42"
# A cheap hash of the same kind: the suite signs in often, and what it costs is tested elsewhere.
PASSWORD_HASH = generate_password_hash(PASSWORD, method="scrypt:1024:8:1")

DEPARTMENTS = {"head": None, "a": "head", "a1": "a", "b": "head"}
PEOPLE = {
    "admin": ("Admin", "head"),
    "manager_a": ("sales_manager", "a"),
    "sales_a1": ("sales", "a1"),
    "sales_a2": ("sales", "a1"),
    "sales_b1": ("sales", "b"),
    "service_a": ("customer_service", "a"),
    "service_b": ("customer_service", "b"),
    "marketer": ("marketing", "a"),
    "reader": ("read_only", "b"),
    "nobody": (None, "a"),
    "disabled": ("sales", "a1"),
}


@dataclass
class World:
    """Names → ids."""

    departments: dict[str, int] = field(default_factory=dict)
    users: dict[str, int] = field(default_factory=dict)
    customers: dict[str, int] = field(default_factory=dict)
    contacts: dict[str, int] = field(default_factory=dict)


def build_world() -> World:
    """Migrate, seed, and fill through the services, as the product itself would."""
    upgrade()
    world = World()
    with acting_as(SYSTEM):
        with unit_of_work() as session:
            seed_all()
            for key, parent in DEPARTMENTS.items():
                values = {"name_zh": f"部门{key}", "name_en": f"Department {key}", "parent_id": world.departments.get(parent or "")}
                world.departments[key] = DepartmentService().create(values, actor=SYSTEM).id
        with unit_of_work() as session:
            roles = {role.name: role for role in session.scalars(select(CrmRole))}
            for name, (role, department) in PEOPLE.items():
                user = CrmUser(
                    username=name,
                    first_name=name.title(),
                    last_name="Test",
                    email=f"{name}@example.com",
                    password=PASSWORD_HASH,
                    active=name != "disabled",
                    department_id=world.departments[department],
                    roles=[roles[role]] if role else [],
                    locale="en",
                    timezone="Asia/Shanghai",
                )
                session.add(user)
                session.flush()
                world.users[name] = user.id
            session.get(CrmUser, world.users["sales_a1"]).manager_id = world.users["manager_a"]
    for owner in ("sales_a1", "sales_a2", "sales_b1"):
        actor = load_actor(world.users[owner])
        with acting_as(actor), unit_of_work():
            customer = CustomerService().create({"name": f"CNRY-{owner}-customer", "phone": "13800138000", "level": "a"}, actor=actor)
            contact = ContactService().create({"name": f"CNRY-{owner}-contact", "customer_id": customer.id}, actor=actor)
        world.customers[owner], world.contacts[owner] = customer.id, contact.id
    return world
