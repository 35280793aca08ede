"""What the demo company is made of."""

from app.demo.models.demo_record import DemoRecord

__all__ = ["DemoRecord"]
