"""Sign-in at somebody else's door: OpenID Connect, authorization code with PKCE."""

from integrations.identity.provider import Begun, Provider, ProviderSettings

__all__ = ["Begun", "Provider", "ProviderSettings"]
