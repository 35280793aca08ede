"""The entity kit and small tools: no business words in here."""
