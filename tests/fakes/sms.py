"""An SMS operator that remembers what it was given, and answers otherwise when a test says so."""

from __future__ import annotations

from dataclasses import dataclass, field

from integrations.messages import AnyText, Callback, Later, MessageTaken, Outcome, OutgoingMessage, Report


@dataclass
class FakeSms(AnyText):
    """`sent` in order; `answers` are given first, one a call: a `Later` that is `unsure` was sent all the same."""

    sent: list[OutgoingMessage] = field(default_factory=list)
    answers: list[Outcome] = field(default_factory=list)
    states: dict[str, Report] = field(default_factory=dict)
    name: str = "fake"
    drops_repeats: bool = False
    reports: bool = False

    def send(self, message: OutgoingMessage) -> Outcome:
        answer = self.answers.pop(0) if self.answers else MessageTaken(f"{self.name}-{message.reference}")
        if isinstance(answer, MessageTaken) or (isinstance(answer, Later) and answer.unsure):
            self.sent.append(message)
        return answer

    def state(self, operator_id: str) -> Report | None:
        return self.states.get(operator_id)

    def read_callback(self, callback: Callback) -> Report | None:
        del callback
        return None

    def balance(self) -> None:
        """It does not say."""

    @property
    def texts(self) -> list[str]:
        return [message.text for message in self.sent]
