"""What either side says of a dossier, as its page shows it: the one-stop system and the post, side by side."""

from __future__ import annotations

from datetime import datetime

from app.queries.tracking.two_sources import OneStopWord, PostWord, ToldBy, TwoSources
from app.texts import say
from app.texts.links import DOSSIER_STATES, MILESTONES
from app.texts.two_sources import NOT_THERE, POST, TOLD_BY
from app.web.i18n import gettext as _
from app.web.i18n import local_moment

Side = dict[str, str]


def sources_of(sources: TwoSources, language: str) -> list[Side]:
    """Each with who told it and when; or that it has said nothing."""
    one_stop, post = sources.one_stop, sources.post
    theirs, ours = _("Hệ thống một cửa"), _("Bưu chính")
    return [
        _one_stop(theirs, one_stop, language) if one_stop else {"who": theirs, "said": _("Chưa xác nhận"), "by": ""},
        _post(ours, post, language) if post else {"who": ours, "said": _("Chưa nhận phong bì nào"), "by": ""},
    ]


def _one_stop(who: str, word: OneStopWord, language: str) -> Side:
    said = NOT_THERE if word.state is None else DOSSIER_STATES[word.state]
    return {"who": who, "said": say(said, language), "by": _told_by(word.by, word.at, language)}


def _post(who: str, word: PostWord, language: str) -> Side:
    said = MILESTONES.get(word.key, word.key) if word.milestone else POST[word.key]
    by = "; ".join(filter(None, (word.parcel, _told_by(word.by, word.at, language))))
    return {"who": who, "said": say(said, language), "by": by}


def _told_by(by: ToldBy, at: datetime, language: str) -> str:
    return say(TOLD_BY[by], language, when=local_moment(at))
