"""Given names that are one name, and family names that sound alike. For matching only.

The short forms are those in common use in Britain and Ireland; a name may be short for one other
only ("Bert" is left out: it is short for six). A short form that is missing costs little, because
records meet in other blocks too and another given name is weighed, not forbidden.
"""

from __future__ import annotations

from typing import Final

_SHORT: Final = """
abigail: abby abbie gail
alan: al
alexander: alex alec sandy sacha
alexandra: lexi
alfred: alf alfie
amanda: mandy
andrew: andy drew
angela: angie
anthony: tony antony
antonia: toni
barbara: babs barb
beatrice: bea
benjamin: ben benny
bernard: bernie
bethany: beth
bradley: brad
brigid: bridget bridie breda
catherine: cathy kate katie kathy kath cath kitty katherine kathryn cathryn kathleen
charles: charlie chas chuck
charlotte: lottie
christine: chrissie
christopher: chris kit
clifford: cliff
daniel: dan danny
david: dave davey dai dafydd
deborah: debbie deb debra
derek: del
desmond: des
diana: di diane
donald: don donny
dorothy: dot dottie
douglas: doug dougie
edward: ed eddie ned ted teddy
eleanor: ellie nell nora
elizabeth: liz lizzie beth betty betsy eliza libby elisabeth elspeth bess
emily: em
eugene: gene
florence: flo florrie
frances: fran
francis: frank frankie
frederick: fred freddie freddy
gabrielle: gabby
gareth: gaz
geoffrey: geoff jeffrey jeff
gerald: gerry
gillian: gill jill jilly
gregory: greg
gwendolen: gwen gwenda
harold: hal
henry: harry
howard: howie
isabella: isabel bella izzy isobel
jacob: jake
jacqueline: jackie jacqui
james: jim jimmy jamie
janet: jan
jennifer: jen jenny jennie
jessica: jess jessie
joan: joanie
joanna: jo joanne
john: johnny jack jon jonny
jonathan: jonty johnathan
joseph: joe joey
josephine: josie
joshua: josh
judith: judy
julia: jules
kenneth: ken kenny
kimberley: kim
laurence: larry laurie lawrence
leonard: len lenny
leslie: les
lewis: lew louis lou
louise: lulu
malcolm: malc
margaret: maggie meg peggy madge marge margery mags
marjorie: marj
martin: marty
mary: molly polly
matthew: matt
maureen: mo
maximilian: max
michael: mike mick mickey micky
michelle: shelley
mohammed: mohamed muhammad mohammad muhammed mohamad mo
natalie: nat
nathaniel: nathan
nicholas: nick nicky nicolas
nicola: nicky
oliver: ollie olly
pamela: pam
patricia: pat tricia trish patsy patti
patrick: paddy padraig
penelope: penny
peter: pete
philip: phil phillip pip
rachel: rach rachael
raymond: ray
rebecca: becky becca
reginald: reg reggie
richard: rich richie rick ricky dick
robert: bob bobby rob robbie robin
roderick: rod roddy
roger: rodge
ronald: ron ronnie
rosemary: rosie rosy
roy: royston
rupert: rupe
samantha: sam sammy
samuel: sammy
sarah: sally sara sadie
sean: shaun shawn
sidney: sid
simon: si
stanley: stan
stephanie: steph
stephen: steve steven
stuart: stu stewart
susan: sue susie suzy susanna suzanne
terence: terry
theodore: theo
theresa: tess tessa terri teresa
thomas: tom tommy
timothy: tim timmy
valerie: val
veronica: ronnie
victor: vic
victoria: vicky vicki tori
vincent: vince vinny
virginia: ginny
walter: wally walt
wilfred: wilf
william: bill billy will willie liam wills
winifred: win winnie
zachary: zach zak
"""

_ROOTS: Final[dict[str, str]] = {}
for _line in reversed(_SHORT.strip().splitlines()):
    _name, _, _forms = _line.partition(":")
    # Of two names with one short form, the one that stands first in the list has it.
    _ROOTS.update(dict.fromkeys(_forms.split(), _name))

_SOUNDS: Final = str.maketrans(
    {
        **dict.fromkeys("bfpvw", "1"),
        **dict.fromkeys("cgjkqsxz", "2"),
        **dict.fromkeys("dt", "3"),
        "l": "4",
        **dict.fromkeys("mn", "5"),
        "r": "6",
        **dict.fromkeys("aeiouhy", "-"),
    }
)
_SOUND_LETTERS: Final = 4


def root_of(given: str) -> str:
    """The name that a folded given name is short for; itself where it is none.

    Of several given names, the first.
    """
    first = given.partition(" ")[0]
    return _ROOTS.get(first, first)


def sound_of(family: str) -> str:
    """The first sounds of a folded family name, after Soundex: "clarke" and "clerk" are one.

    Unlike Soundex the first letter counts by its sound too, so that "kaye" meets "gay" and one
    wrong first letter of the same sound does no harm, and prefixes written apart are one word.
    """
    sounds = family.replace(" ", "").translate(_SOUNDS)
    kept: list[str] = []
    last = ""
    for sound in sounds:
        if sound not in (last, "-"):
            kept.append(sound)
        last = sound
    return "".join(kept[:_SOUND_LETTERS]) or family
