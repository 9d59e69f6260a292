"""How dates and times are written, by language: Django's own leave out the minutes of a full hour."""
