"""The bench of ``routing``: generated days of Gia Lai and public instances, the product beside every engine alone."""
