"""How fast the product is with how much data: seeded rows of any size, a real server, the budgets of docs/architecture.md."""
