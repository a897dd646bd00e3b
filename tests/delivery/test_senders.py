"""Handing mail over: to a real server, and to servers that fail at each step."""

from __future__ import annotations

from contextlib import closing
from functools import partial
from pathlib import Path

import pytest

from crm.delivery.outcomes import judge
from crm.delivery.senders import (
    Deferred,
    FileSender,
    Letter,
    MemorySender,
    Outcome,
    Refused,
    Sender,
    SenderFault,
    Sent,
    SmtpSender,
    SmtpServer,
    Stage,
    Timeouts,
    Uncertain,
    sender_for,
)
from tests.delivery.servers import CERTIFICATE, CLOSE, HANG, RESET, RealServer, ScriptedServer

ours = partial(SenderFault, needs_person=True)
SHORT = Timeouts(connect=0.3, answer=0.3, dot=0.3)
DATA = b"Subject: x\r\nMessage-ID: <1@a.example>\r\n\r\n.leading dot\r\n..two\r\nend"
LETTERS = [Letter("from@a.example", f"to{number}@b.example", DATA) for number in range(3)]


def sender_to(port: int, *, query: str = "", scheme: str = "smtp", **options: object) -> SmtpSender:
    server = SmtpServer.from_url(f"{scheme}://localhost:{port}{query}")
    return SmtpSender(server, timeouts=SHORT, **options)  # type: ignore[arg-type]


def send(sender: Sender, marks: list[str] | None = None) -> Outcome:
    def mark() -> None:
        if marks is not None:
            marks.append("mark")

    try:
        return sender.send("from@a.example", "to@b.example", DATA, at_wire=mark)
    finally:
        sender.close()


def test_a_real_server_gets_exactly_the_message() -> None:
    marks: list[str] = []
    with RealServer() as server:
        outcome = send(sender_to(server.port), marks)

    assert outcome == Sent(250, "2.0.0 queued")
    assert [(letter.envelope_from, letter.to) for letter in server.received] == [
        ("from@a.example", "to@b.example")
    ]
    assert server.received[0].data == DATA + b"\r\n"
    assert marks == ["mark"]


def test_the_mark_is_made_before_the_server_has_the_message() -> None:
    with RealServer() as server:
        seen: list[int] = []
        sender = sender_to(server.port)

        sender.send("a@a.example", "b@b.example", DATA, at_wire=lambda: seen.append(len(server.received)))
        sender.close()

    assert seen == [0]
    assert len(server.received) == 1


def test_what_the_mark_raises_stops_the_message() -> None:
    def fail() -> None:
        raise RuntimeError("the lease is lost")

    with RealServer() as server:
        sender = sender_to(server.port)

        with pytest.raises(RuntimeError):
            sender.send("a@a.example", "b@b.example", DATA, at_wire=fail)
        outcome = send(sender)

    assert isinstance(outcome, Sent)
    assert len(server.received) == 1


@pytest.mark.parametrize("extensions", [(), ("PIPELINING",)])
def test_a_group_is_marked_once_and_one_refusal_harms_no_other(extensions: tuple[str, ...]) -> None:
    marks: list[str] = []
    with ScriptedServer(extensions=extensions) as server, RealServer() as real:
        real.answers["to1@b.example"] = "550 5.1.1 no such user"
        with closing(sender_to(real.port)) as sender:
            outcomes = sender.send_group(LETTERS, at_wire=lambda: marks.append("real"))
        with closing(sender_to(server.port)) as sender:
            others = sender.send_group(LETTERS, at_wire=lambda: marks.append("scripted"))

    assert [type(outcome) for outcome in outcomes] == [Sent, Refused, Sent]
    assert [type(outcome) for outcome in others] == [Sent, Sent, Sent]
    assert marks == ["real", "scripted"]
    assert [letter.to for letter in real.received] == ["to0@b.example", "to2@b.example"]


@pytest.mark.parametrize("data_answer", ["354 go on", "554 no valid recipients", "503 RCPT first"])
def test_a_refused_recipient_is_told_under_pipelining_whatever_data_is_answered(data_answer: str) -> None:
    marks: list[str] = []
    script = {"RCPT": "550 5.1.1 unknown", "DATA": data_answer, "DOT": "554 no valid recipients"}
    with ScriptedServer(script, extensions=("PIPELINING",)) as server:
        outcome = send(sender_to(server.port), marks)

    assert outcome == Refused(550, "5.1.1", "5.1.1 unknown")
    assert marks == []
    assert server.received in ([], [b""])


@pytest.mark.parametrize("extensions", [(), ("PIPELINING",)])
@pytest.mark.parametrize(
    ("script", "expected"),
    [
        ({"GREETING": "421 4.3.2 too busy"}, SenderFault(Stage.GREETING, 421, "4.3.2", "4.3.2 too busy")),
        ({"GREETING": "554 go away"}, ours(Stage.GREETING, 554, "", "go away")),
        ({"MAIL": "550 5.7.1 not you"}, ours(Stage.MAIL, 550, "5.7.1", "5.7.1 not you")),
        ({"MAIL": "451 later"}, SenderFault(Stage.MAIL, 451, "", "later")),
        ({"MAIL": "552 5.3.4 too big"}, Refused(552, "5.3.4", "5.3.4 too big")),
        ({"RCPT": "450 4.2.1 busy"}, Deferred(450, "4.2.1", "4.2.1 busy")),
        ({"RCPT": "451 4.7.1 Greylisted, try later"}, Deferred(451, "4.7.1", "4.7.1 Greylisted, try later")),
        ({"RCPT": "451 4.7.1 rate limited"}, SenderFault(Stage.RCPT, 451, "4.7.1", "4.7.1 rate limited")),
        ({"RCPT": "421 4.3.0 closing"}, SenderFault(Stage.RCPT, 421, "4.3.0", "4.3.0 closing")),
        ({"RCPT": "550 5.1.1 unknown"}, Refused(550, "5.1.1", "5.1.1 unknown")),
        ({"RCPT": "530 5.7.0 sign in"}, ours(Stage.RCPT, 530, "5.7.0", "5.7.0 sign in")),
        ({"DATA": "451 4.3.0 later"}, Deferred(451, "4.3.0", "4.3.0 later")),
        ({"DOT": "552 5.2.2 full"}, Refused(552, "5.2.2", "5.2.2 full")),
        ({"DOT": "554 it is spam"}, Refused(554, "", "it is spam")),
        ({"DOT": "450 4.2.0 later"}, Deferred(450, "4.2.0", "4.2.0 later")),
        ({"DOT": "550 5.7.515 access denied"}, ours(Stage.DOT, 550, "5.7.515", "5.7.515 access denied")),
    ],
)
def test_each_answer_is_somebodys_fault(
    script: dict[str, str], expected: Outcome, extensions: tuple[str, ...]
) -> None:
    with ScriptedServer(script, extensions=extensions) as server:
        outcome = send(sender_to(server.port))

    assert outcome == expected


@pytest.mark.parametrize("how", [HANG, CLOSE, RESET])
@pytest.mark.parametrize(
    ("step", "stages"),
    [
        ("GREETING", {Stage.CONNECT, Stage.GREETING}),
        ("EHLO", {Stage.GREETING}),
        ("MAIL", {Stage.MAIL}),
        ("RCPT", {Stage.RCPT}),
        ("DATA", {Stage.DATA}),
    ],
)
def test_a_connection_lost_before_the_text_costs_no_recipient_an_attempt(
    step: str, stages: set[Stage], how: str
) -> None:
    marks: list[str] = []
    with ScriptedServer({step: how}) as server:
        outcome = send(sender_to(server.port), marks)

    assert isinstance(outcome, SenderFault)
    assert outcome.stage in stages
    assert outcome.code == 0
    assert not outcome.needs_person
    assert marks == []


@pytest.mark.parametrize("how", [RESET, "421 4.3.0 shutting down"])
def test_a_connection_lost_in_the_text_is_never_a_delivery(how: str) -> None:
    data = DATA + b"\r\n" + b"x" * 40 + b"\r\n" * 2_000_000

    with ScriptedServer({"CONTENT": how}) as server:
        sender = sender_to(server.port)
        outcome = sender.send("a@a.example", "b@b.example", data, at_wire=lambda: None)
        sender.close()

    assert isinstance(outcome, SenderFault)
    assert outcome.stage is Stage.CONTENT
    assert server.received == []


@pytest.mark.parametrize("how", [HANG, CLOSE, RESET])
def test_silence_after_the_dot_is_uncertain(how: str) -> None:
    marks: list[str] = []
    with ScriptedServer({"DOT": how}) as server:
        outcome = send(sender_to(server.port), marks)

    assert isinstance(outcome, Uncertain)
    assert marks == ["mark"]
    assert len(server.received) == 1


def test_after_a_fault_of_the_sender_the_rest_of_the_group_is_not_tried() -> None:
    with ScriptedServer({"RCPT": "421 closing"}) as server:
        sender = sender_to(server.port)
        outcomes = sender.send_group(LETTERS, at_wire=lambda: None)

    assert [outcome.stage for outcome in outcomes if isinstance(outcome, SenderFault)] == [
        Stage.RCPT,
        Stage.NOT_TRIED,
        Stage.NOT_TRIED,
    ]
    assert server.connections == 1


def test_after_an_uncertain_one_the_rest_of_the_group_goes_over_a_new_connection() -> None:
    with ScriptedServer({"DOT": CLOSE}) as server:
        outcomes = sender_to(server.port).send_group(LETTERS, at_wire=lambda: None)

    assert [type(outcome) for outcome in outcomes] == [Uncertain] * 3
    assert len(server.received) == server.connections == 3


def test_nobody_listening_is_the_senders_fault() -> None:
    with ScriptedServer() as server:
        port = server.port
    sender = sender_to(port)

    fault = sender.open()

    assert isinstance(fault, SenderFault)
    assert fault.stage is Stage.CONNECT
    assert not fault.needs_person


def test_one_connection_serves_many_messages_and_is_renewed() -> None:
    with RealServer() as server:
        sender = sender_to(server.port, renew_after=4)
        outcomes = [sender.send("a@a.example", "b@b.example", DATA, at_wire=lambda: None) for _ in range(10)]
        sender.close()

    assert all(isinstance(outcome, Sent) for outcome in outcomes)
    assert len(server.received) == 10
    assert server.connections == 3


@pytest.mark.parametrize(
    ("tls", "scheme", "query"), [("starttls", "smtp", "?starttls=1"), ("tls", "smtps", "")]
)
def test_mail_goes_encrypted_with_a_verified_certificate_and_login(tls: str, scheme: str, query: str) -> None:
    with RealServer(tls=tls, login=("us er", "p@ss:word")) as server:
        url = f"{scheme}://us%20er:p%40ss%3Aword@localhost:{server.port}{query}"
        outcome = send(SmtpSender(SmtpServer.from_url(url), timeouts=Timeouts(2, 2, 2), trusted=CERTIFICATE))

    assert isinstance(outcome, Sent)
    assert len(server.received) == 1


@pytest.mark.parametrize(
    ("tls", "scheme", "query"), [("starttls", "smtp", "?starttls=1"), ("tls", "smtps", "?")]
)
def test_an_unknown_certificate_stops_the_sender_unless_told_otherwise(
    tls: str, scheme: str, query: str
) -> None:
    with RealServer(tls=tls) as server:
        refused = send(sender_to(server.port, scheme=scheme, query=query))
        accepted = send(sender_to(server.port, scheme=scheme, query=f"{query}&verify=0"))

    assert isinstance(refused, SenderFault)
    assert refused.stage is Stage.TLS
    assert refused.needs_person
    assert isinstance(accepted, Sent)
    assert len(server.received) == 1


@pytest.mark.parametrize("script", [{}, {"STARTTLS": "454 4.7.0 not now"}, {"STARTTLS": "500 what"}])
def test_stripped_starttls_sends_nothing_in_clear(script: dict[str, str]) -> None:
    extensions = ("STARTTLS", "AUTH PLAIN LOGIN") if script else ("AUTH PLAIN LOGIN",)
    with ScriptedServer(script, extensions=extensions) as server:
        url = f"smtp://user:secret@localhost:{server.port}?starttls=1"
        outcome = send(SmtpSender(SmtpServer.from_url(url), timeouts=SHORT))

    assert isinstance(outcome, SenderFault)
    assert outcome.stage is Stage.TLS
    assert not [command for command in server.commands if command[:4].upper() in {"AUTH", "MAIL"}]


def test_a_wrong_password_is_the_senders_fault_and_stays_unsaid() -> None:
    with RealServer(tls="starttls", login=("user", "right")) as server:
        address = SmtpServer.from_url(f"smtp://user:wrong-one@localhost:{server.port}?starttls=1")
        sender = SmtpSender(address, timeouts=Timeouts(2, 2, 2), trusted=CERTIFICATE)
        outcome = send(sender)

    assert isinstance(outcome, SenderFault)
    assert (outcome.stage, outcome.code, outcome.needs_person) == (Stage.LOGIN, 535, True)
    assert "wrong-one" not in repr(outcome) + repr(address) + sender.server_name
    assert server.received == []


def test_an_envelope_address_cannot_bring_commands() -> None:
    with RealServer() as server:
        sender = sender_to(server.port)

        with pytest.raises(ValueError, match="envelope"):
            sender.send("a@a.example", "b@b.example>\r\nRCPT TO:<c@c.example", DATA, at_wire=lambda: None)
        sender.close()

    assert server.received == []


def test_a_servers_words_are_kept_on_one_line_and_short() -> None:
    outcome = judge(Stage.RCPT, 550, b"5.1.1 no\r\n5.1.1 such\x00\xff user\n" + b"x" * 5000)

    assert isinstance(outcome, Refused)
    assert outcome.enhanced == "5.1.1"
    assert outcome.text.startswith("5.1.1 no 5.1.1 such \ufffd user x")
    assert len(outcome.text) == 400


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("smtp://mail.example", SmtpServer("mail.example", 25)),
        ("smtp://mail.example?starttls=1", SmtpServer("mail.example", 587, security="starttls")),
        ("smtps://u:p%2Fq@mail.example", SmtpServer("mail.example", 465, "u", "p/q", "tls")),
        ("smtp://u:p@mail.example:2525?starttls=0", SmtpServer("mail.example", 2525, "u", "p")),
        ("smtp://u:p@localhost:2525", SmtpServer("localhost", 2525, "u", "p")),
        ("smtps://mail.example?verify=0", SmtpServer("mail.example", 465, security="tls", verify=False)),
    ],
)
def test_the_address_of_the_server_is_read(url: str, expected: SmtpServer) -> None:
    assert SmtpServer.from_url(url) == expected


@pytest.mark.parametrize(
    "url",
    [
        *("http://mail.example", "smtp://", "smtp://mail.example?tls=1", "smtp://mail.example?starttls=yes"),
        *("smtp://u:p@mail.example", "smtp://mail.example:x"),
    ],
)
def test_a_wrong_address_of_the_server_is_refused(url: str) -> None:
    with pytest.raises(ValueError, match=r".+"):
        SmtpServer.from_url(url)


def test_without_a_server_mail_is_kept_in_files(tmp_path: Path) -> None:
    marks: list[str] = []
    sender = sender_for(None, tmp_path)
    assert isinstance(sender, FileSender)

    outcome = send(sender, marks)
    again = send(sender, marks)

    assert outcome == again == Sent(250, "kept in the outbox")
    assert not sender.leaves
    assert sender.kept("<1@a.example>") == DATA
    assert sender.kept("<2@a.example>") is None
    assert len(list(tmp_path.rglob("*.eml"))) == 1
    assert marks == ["mark", "mark"]


@pytest.mark.parametrize("message_id", ["<../../../etc/passwd@x>", "<a/../../b@x>", "<..@x>"])
def test_a_message_id_cannot_lead_out_of_the_folder(tmp_path: Path, message_id: str) -> None:
    sender = FileSender(tmp_path / "outbox")

    sender.send(
        "a@a.example", "b@b.example", f"Message-ID: {message_id}\r\n\r\n".encode(), at_wire=lambda: None
    )

    assert sender.kept(message_id)
    assert [path.name for path in tmp_path.iterdir()] == ["outbox"]


def test_with_a_server_mail_leaves(tmp_path: Path) -> None:
    sender = sender_for("smtps://user:pass@mail.example", tmp_path)

    assert sender.leaves
    assert sender.server_name == "mail.example:465"


def test_memory_keeps_what_was_handed_over_and_answers_by_script() -> None:
    answers: dict[str, Outcome] = {
        "to1@b.example": Refused(550, "5.1.1", "no"),
        "to2@b.example": Uncertain("lost"),
    }
    sender = MemorySender(lambda letter: answers.get(letter.to))
    marks: list[str] = []

    outcomes = sender.send_group(LETTERS, at_wire=lambda: marks.append("mark"))

    assert outcomes == [Sent(250, "ok"), Refused(550, "5.1.1", "no"), Uncertain("lost")]
    assert [letter.to for letter in sender.letters] == ["to0@b.example", "to2@b.example"]
    assert marks == ["mark"]
