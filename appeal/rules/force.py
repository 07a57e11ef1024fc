"""The force's settings: name, default and one sentence each; the only table of them."""

from collections.abc import Mapping

MODE = "mode"

SETTINGS: tuple[tuple[str, str, str], ...] = (
    ("force_name", "Riverside Police", "The name of the force as the public reads it."),
    ("zone", "Europe/Madrid", "The force's time zone; staffed hours and every shown time are in it."),
    ("language", "en", "The force's main language; every appeal has its texts."),
    ("languages", "en es", "All languages in which appeals may be written, the main one first."),
    ("cover_minutes", "60", "How many staffed minutes must be left for something to go out."),
    ("emergency_number", "112", "The number for a sighting at this moment."),
    ("phone", "091", "The number for information that can wait."),
    (
        "duty_number",
        "+34 600 555 010",
        "The duty officer's number, shown to people who are themselves shown by mistake.",
    ),
    ("sms_number", "+34600555001", "The number that takes text messages; empty when there is none."),
    (
        "contact_en",
        "Call {emergency} if you see the person now.\nCall {phone} with information.",
        "Default contact lines in English.",
    ),
    (
        "contact_es",
        "Si ve a la persona ahora, llame al {emergency}.\nSi tiene información, llame al {phone}.",
        "Default contact lines in Spanish.",
    ),
    ("review_days", "14", "After how many days an approval is reviewed unless the approver says otherwise."),
    ("claim_minutes", "15", "How long a claimed tip is kept for the officer who reads it."),
    ("leave_url", "https://www.wikipedia.org/", "Where the link that leaves the tip form quickly goes."),
    (
        "legal_bases",
        "Warrant or court order\nPrevention and detection of crime\nDanger to life\n"
        "Missing person: vital interests\nPublic information",
        "The legal bases an approver can choose from, one a line.",
    ),
)

DEFAULTS: Mapping[str, str] = {name: default for name, default, _ in SETTINGS}
