"""What a file is, what it says and how its cells read: pure, without database or Flask."""
