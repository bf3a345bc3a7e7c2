"""`/api/v1`: the same services as the pages, for agencies and programs with a key. OpenAPI 3.1 at /api/v1/openapi.json."""

from __future__ import annotations

from flask import Flask
from flask_smorest import Api

from app.web.api import (
    courier,
    courier_bundle,
    courier_countersign,
    courier_files,
    courier_keys,
    courier_notices,
    deliveries,
    dossiers,
    reference,
    refusals,
    requests,
    results,
    subscriptions,
)
from app.web.auth import public
from app.web.csrf import csrf
from app.web.limits import PHONES, PROGRAMS, by_partner, by_phone, limiter

PREFIX = "/api/v1"
OF_PROGRAMS = (requests.bp, reference.bp, dossiers.bp, results.bp, refusals.bp, subscriptions.bp, deliveries.bp)
OF_PHONES = (
    courier.bp,
    courier_bundle.bp,
    courier_files.bp,
    courier_keys.bp,
    courier_countersign.bp,
    courier_notices.bp,
)


class QuietApi(Api):  # type: ignore[misc]  # flask_smorest ships no types
    """Refusals are answered by `app.web.errors`, for pages and programs from one table."""

    DEFAULT_ERROR_RESPONSE_NAME = None  # every answer is documented by its status

    def _register_error_handlers(self) -> None:
        """Leave the application's own handlers in place."""


def init_api(app: Flask) -> None:
    app.config.update(
        API_TITLE="Tận Nhà",
        API_VERSION="v1",
        OPENAPI_VERSION="3.1.0",
        OPENAPI_URL_PREFIX=PREFIX,
        OPENAPI_JSON_PATH="openapi.json",
        API_SPEC_OPTIONS={
            "info": {"description": "Đặt lịch bưu tá đến nhà nhận hồ sơ và trả kết quả, từ hệ thống của cơ quan."},
            "components": {
                "securitySchemes": {
                    "key": {"type": "http", "scheme": "bearer", "description": "khóa của cơ quan hoặc chương trình"},
                    "phone": {"type": "http", "scheme": "bearer", "description": "của máy bưu tá, cấp lúc đăng nhập"},
                }
            },
        },
    )
    api = QuietApi(app)
    for blueprint in OF_PROGRAMS:
        limiter.limit(PROGRAMS, key_func=by_partner)(blueprint)
        csrf.exempt(blueprint)
        api.register_blueprint(blueprint)
    for blueprint in OF_PHONES:
        limiter.limit(PHONES, key_func=by_phone)(blueprint)
        csrf.exempt(blueprint)
        api.register_blueprint(blueprint)
    for endpoint, view in app.view_functions.items():
        if endpoint.startswith("api-docs."):
            app.view_functions[endpoint] = public(view)
