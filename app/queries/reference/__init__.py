"""Units, offices, desks, tariff, calendar and procedures as they stand today."""
