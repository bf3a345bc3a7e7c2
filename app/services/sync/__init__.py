"""Operations from phones: taken in once, applied where the world allows, kept for a person where it does not."""

from app.services.sync.claims import ClaimTask, LookAtClaims, confirm_claims, dismiss_claims
from app.services.sync.receiving import receive
from app.services.sync.settling import settle

__all__ = ["ClaimTask", "LookAtClaims", "confirm_claims", "dismiss_claims", "receive", "settle"]
