"""Actors, acts and targets of the ledger in the officer's words; what has no words here is shown as it was recorded."""

from collections.abc import Mapping

from appeal.pages import translate
from appeal.rules.words import _
from appeal.tips import board, own_reasons

ACTIONS: Mapping[str, str] = {
    "attach order": _("attached a judge's order"),
    "open order": _("opened a judge's order"),
    "data subject request": _("looked for everything held on a name"),
    "print record": _("looked at the record of an appeal"),
    "disown authority": _("said that an authority by telephone was not theirs"),
    "tell what is late": _("told approvers and administrators what is late"),
    "make template": _("made a template"),
    "drop template": _("took a template off the list"),
    "begin from template": _("began an appeal from a template"),
    "copy appeal": _("copied an appeal into a new draft"),
    "write standing correction": _("wrote a standing correction"),
    "approve standing correction": _("approved a standing correction"),
    "ask to lift legal hold": _("asked to lift a legal hold"),
    "erase tip": _("erased what a tip said"),
    "lift legal hold": _("lifted a legal hold"),
    "set legal hold": _("set a legal hold"),
    "take file into custody": _("took a file into custody"),
    "accept invitation": _("accepted the invitation"),
    "activate officer": _("let an officer sign in again"),
    "add address": _("put an address on a list"),
    "add addresses": _("put addresses on a list"),
    "add photo": _("added a photo"),
    "answers not collected": _("could not fetch the last answers before a post went"),
    "approve": _("approved"),
    "assess tip: actioned": _("decided on a tip: actioned"),
    "assess tip: duplicate": _("decided on a tip: duplicate"),
    "assess tip: escalate": _("decided on a tip: escalated"),
    "assess tip: no_further_action": _("decided on a tip: no further action"),
    "assess tip: spam": _("decided on a tip: spam"),
    "begin revision": _("began the next revision"),
    "change password": _("changed the password"),
    "change settings": _("changed settings of the force"),
    "channel recovered": _("a stopped channel answered again"),
    "claim is over": _("a claim was over"),
    "claim tip": _("claimed a tip"),
    "connect channel": _("connected a channel"),
    "create officer": _("made an officer"),
    "decide put off": _("decided on what a platform put off"),
    "deactivate officer": _("deactivated an officer"),
    "describe photo": _("described a photo"),
    "draft": _("began a draft"),
    "end": _("set the ending"),
    "give tip back": _("gave a tip back"),
    "invite officer": _("invited an officer"),
    "open original photo": _("opened an original photo"),
    "open tip file": _("opened a file of a tip"),
    "opt address out": _("took an address off a list"),
    "override hours": _("set cover outside the hours"),
    "plan release": _("planned a release"),
    "publish": _("published"),
    "release again": _("released again"),
    "remove exception day": _("removed an exception day"),
    "remove photo": _("removed a photo"),
    "removed by hand": _("confirmed a removal by hand"),
    "renew recovery codes": _("made new recovery codes"),
    "resume channel": _("resumed a channel"),
    "return": _("gave a draft back"),
    "reveal sender": _("looked at who sent a tip"),
    "save draft": _("saved a draft"),
    "seen gone": _("saw that a post is gone"),
    "seen again": _("saw that a post that was gone is there again"),
    "set exception day": _("set an exception day"),
    "set language": _("changed the language"),
    "set roles": _("changed roles"),
    "set rota": _("changed the rota"),
    "settle copy": _("answered what became of a post"),
    "sign in": _("signed in"),
    "add subject": _("added a person or thing to a draft"),
    "drop subject": _("took a person or thing out of a draft"),
    "sign further": _("signed as a further approver"),
    "confirm authority": _("confirmed an authority given by telephone"),
    "complete approval": _("gave the reasons that an urgent approval owed"),
    "hide answer": _("hid an answer on its platform"),
    "show answer again": _("let everybody read an answer again"),
    "answer is gone": _("saw that an answer is gone from its platform"),
    "bar name": _("barred a name from the answers under an appeal"),
    "keep post": _("kept what everybody saw of a post before it went"),
    "post not kept": _("could not keep a post before it went"),
    "erase from kept post": _("took an erased comment out of what was kept of a post"),
    "open kept post": _("looked at what was kept of a post"),
    "keep line": _("wrote a danger or contact line"),
    "dial line": _("dialled a danger or contact line"),
    "drop line": _("took a danger or contact line off the list"),
    "tell first": _("ticked who was told before the public"),
    "renew": _("renewed an approval without change"),
    "print letter": _("printed the letter for the person concerned"),
    "stop channel": _("stopped a channel"),
    "stop waiting": _("stopped what had not gone out"),
    "submit": _("submitted for approval"),
    "take down": _("took down"),
    "write for channel": _("wrote words for one channel"),
    "view tip": _("read a tip"),
    "view lead": _("read a lead"),
    "lock file": _("locked a file as suspected abuse material"),
    "ask to lift lock": _("said that the lock of a file was an error"),
    "lift lock": _("lifted the lock of a file as the second officer"),
    "pass on unbearable": _("passed on what could not be borne"),
    "write out information": _("wrote out information of a tip for another officer"),
    "view information": _("read information that was written out of a tip"),
    "open restricted tip": _("opened a restricted tip for a reason"),
    "add closing reason": _("added a reason to the desk's list"),
    "switch reason off": _("took a reason out of use"),
    "switch reason on": _("put a reason to use again"),
    "decide together: lead": _("closed the tips of a lead together"),
    "translate tip": _("translated a tip"),
    "have tip translated": _("had a program translate a tip"),
    "skim tip": _("skimmed a tip"),
    "hand tip over": _("handed a tip to a colleague"),
    "download tip file": _("took away the original of a file"),
    "take call": _("took a call"),
    "import tips": _("imported tips"),
    "ask person": _("asked the person who sent a tip"),
    "tell person outcome": _("let the person who sent a tip read what came of it"),
    "add note": _("wrote a note beside a tip"),
    "add task": _("wrote a task beside a tip"),
    "finish task": _("finished a task"),
    "pass tip on": _("passed a tip to a unit"),
    "note outcome": _("noted what came of a tip"),
    "restrict tip": _("restricted a tip to some officers"),
    "open tip to the desk": _("opened a restricted tip to the desk"),
    "bar officer": _("kept a tip from an officer whom it concerns"),
    "agree with closing": _("read a closed tip again and agreed"),
    "disagree with closing": _("read a closed tip again and disagreed"),
    "search tips": _("searched the tips"),
    "export bundle": _("made a disclosure bundle"),
    "gather tips": _("gathered tips into a lead"),
    "take tips out of lead": _("took tips out of a lead"),
    "confirm lead": _("confirmed a lead"),
    "undo lead": _("undid a lead"),
    "bring lead back": _("brought a lead back"),
    "check lead": _("noted a check of a lead"),
    "decide together: skim": _("decided several tips while skimming"),
    "decide together: together": _("closed several tips together"),
    "undo together": _("undid what was decided together"),
}
TARGETS: Mapping[str, str] = {
    "appeal": _("appeal"),
    "channel": _("channel"),
    "copy": _("post"),
    "day": _("day"),
    "force": _("the force"),
    "lead": _("lead"),
    "tips": _("the tips"),
    "bulk": _("several tips"),
    "officer": _("officer"),
    "photo": _("photo"),
    "revision": _("revision"),
    "rota": _("the rota"),
    "tip": _("tip"),
}
BROKEN = _(
    "The ledger is broken. Keep the database as it is and call the people who run this system. Found: %(fault)s."
)
VERIFIED = _("The ledger is in order: %(count)s entries, each signed and following the one before. Last: %(head)s…")
SYSTEM = _("the system")
HEAD_SHOWN = 12


def actor(label: str, language: str) -> str:
    """Who acted, if it is no officer that is still known."""
    return translate(language, SYSTEM) if label == "system" else label


def action(code: str, language: str) -> str:
    """What was done."""
    return translate(language, ACTIONS[code]) if code in ACTIONS else code


def target(written: str, names: Mapping[str, str], language: str) -> str:
    """What it was done to; officers by name, tips by reference."""
    kind, _colon, number = written.partition(":")
    words = translate(language, TARGETS[kind]) if kind in TARGETS else kind
    if kind == "officer":
        number = names.get(written, number)
    elif kind == "tip" and number.isdecimal():
        number = board.reference(int(number))
    return f"{words} {number}".strip()


def reason(code: str) -> str:
    """The words of a reason code where it is one of triage; the template translates them."""
    known = own_reasons.known()
    return known[code].words if code in known else code


def broken(fault: str, language: str) -> str:
    """What to do when the chain does not add up."""
    return translate(language, BROKEN, fault=fault.rstrip("."))


def verified(count: int, head: str, language: str) -> str:
    """What was checked."""
    return translate(language, VERIFIED, count=count, head=head[:HEAD_SHOWN])
