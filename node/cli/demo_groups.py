"""More of the demonstration community: history, free software, books, a choir that keeps to itself, a group elsewhere."""

from __future__ import annotations

from node.cli.demo_shapes import Ballot, Community, Meeting, Said
from node.cli.demo_texts import HARBOUR, JARDIN, MEADOW, WORKSHOP

HISTORY = Community(
    name="oldtown",
    title="Old Town stories",
    summary="What stood where, who lived there, and how we know.\n\n**Say where you have it from**: a map, a ledger, a grandmother.",
    topics="history places",
    founder="wren",
    moderators="ada",
    language="en",
    threads=(
        Said(
            by="wren",
            title="The mill on Tanner's Lane, 1782 to 1911",
            text=(
                "The parish ledger names four millers:\n\n1. Jonas Hale, who built it,\n2. his widow Ruth, twenty-six "
                "years,\n3. their nephew,\n4. a man called only *the Fleming*.\n\nThe wheel was sold for scrap in 1911. "
                "Does anybody's family have a photograph?"
            ),
            up="ada noor tomas sam juniper",
            marks="📷:noor ❤️:ada ❤️:juniper",
            answers=(
                Said(
                    by="juniper",
                    text="My great-aunt's album has one, taken from the bridge. I shall scan it on Sunday.",
                    up="wren ada noor",
                    answers=(
                        Said(by="wren", text="You have just made my week. Please scan the back of it too.", up="juniper"),
                        Said(by="ada", text="If it shows the old slipway: that is my boat shed now.", up="wren"),
                    ),
                ),
                Said(
                    by="sam",
                    text="Buy cheap reprints of old maps!!! Link in my profile",
                    down="ada noor wren tomas",
                    reported="noor The same advert in three groups today.",
                ),
                Said(
                    by="tomas",
                    text="Ruth Hale also lent money. Half the chairs I mend were once pledged to her, or so people say.",
                    up="wren noor",
                ),
            ),
        ),
        Said(
            by="ada",
            title="Flood marks: which walls still have them?",
            text="I know of three: the baker's, the lock keeper's house, and inside the chapel. The highest is **1.84 m**.",
            up="wren noor elise",
            answers=(
                Said(by="mathieu", text="Un quatrième : derrière l’ancienne poste, à hauteur d’épaule.", up="ada wren"),
                Said(by="noor", text="The baker's was painted over in spring. I have a picture from before.", up="ada"),
            ),
        ),
        Said(
            by="noor",
            title="A letter from the winter of 1944",
            text="My neighbour let me copy it. It is about hunger, and about soup shared in a cellar. Read it when you have time.",
            warning="War, hunger",
            up="wren ada elise lucie",
            answers=(Said(by="lucie", text="Merci de l’avoir recopiée. Je l’ai lue deux fois.", up="noor"),),
        ),
        Said(
            by="wren",
            title="Walk along the vanished town wall",
            text="Two hours, flat, with stops to argue. Wear what may get muddy.",
            meeting=Meeting(9, "14:00", "16:00", "North Gate, under the plane tree", coming="ada noor idris juniper"),
            up="ada noor idris",
        ),
    ),
)  # fmt: skip

SOFTWARE = Community(
    name="freesoftware",
    title="Free software, friendly faces",
    summary="Help each other to run, mend and write software that belongs to everybody. No question is too small.",
    topics="computing",
    founder="idris",
    moderators="noor",
    language="en",
    threads=(
        Said(
            by="idris",
            title="House rules, and how to ask so that somebody can answer",
            text=(
                "Say what you did, what you expected, what happened instead. Then:\n\n```\nversion  0.1\nsystem   Debian\n"
                "message  (copy it, all of it)\n```\n\nNobody here was born knowing this."
            ),
            up="noor tomas ada sam",
            pinned=True,
        ),
        Said(
            by="sam",
            title="Which editor should everybody use?",
            text="Obviously mine.",
            up="",
            down="noor ada",
            locked="Twenty years and still no winner. Let us spare ourselves.",
            answers=(
                Said(
                    by="tomas",
                    text="The one that you close with the first key you try.",
                    up="noor ada idris wren",
                ),
                Said(by="noor", text="A pencil. Undo is at the other end.", up="tomas ada idris"),
            ),
        ),
        Said(
            by="noor",
            title="Where do you keep your backups?",
            text="Choose all that hold. I ask because of last Tuesday.",
            poll=Ballot(
                "On a second disk at home\nWith a friend\nOn a server elsewhere\nI mean to begin",
                "ada:0 tomas:3 idris:0 idris:1 idris:2 wren:0 wren:1 elise:3",
                multiple=True,
            ),
            up="idris tomas ada",
            answers=(
                Said(
                    by="idris",
                    text="A backup that was never read back is a wish. Try one file this week.",
                    up="noor ada tomas wren",
                    answers=(
                        Said(
                            by="noor",
                            text="I did. It was last Tuesday's. It was empty.",
                            up="idris tomas ada",
                        ),
                    ),
                ),
            ),
        ),
        Said(
            by="ada",
            title="Debian, by the people who make it",
            text="The social contract is shorter than most licences, and it reads like a promise.",
            link="https://www.debian.org/social_contract",
            up="idris noor oskar",
        ),
        Said(
            by="noor",
            title="PeerTube in four minutes, a film",
            text="Why films can live on many servers too. Subtitles in a dozen languages.",
            link="https://framatube.org/w/kkGMgK9ZtnKfYAgnEtQxbv",
            up="ada tomas",
        ),
    ),
)

LECTURE = Community(
    name="lecture",
    title="Le club de lecture",
    summary="Un livre par mois, choisi ensemble. On peut ne pas l’avoir fini ; on peut ne pas l’avoir aimé.",
    topics="books",
    founder="lucie",
    moderators="elise",
    language="fr",
    threads=(
        Said(
            by="lucie",
            title="Quel livre pour le mois prochain ?",
            text="Trois propositions, toutes en poche et toutes à la bibliothèque.",
            poll=Ballot(
                "Un récit de voyage\nUn roman de l’estran\nDes nouvelles venues d’ailleurs",
                "elise:1 mathieu:0 amina:2 noor:1",
            ),
            up="elise mathieu amina",
            answers=(
                Said(
                    by="amina",
                    text="Les nouvelles ! On peut en lire une dans le train, même en retard.",
                    up="lucie elise",
                    answers=(Said(by="mathieu", text="Surtout en retard…", up="amina lucie"),),
                ),
            ),
        ),
        Said(
            by="elise",
            title="Avez-vous deviné la fin ?",
            text="Moi non, et je suis encore fâchée contre le gardien du phare. **Ne lisez pas plus loin si vous n’avez pas fini.**",
            warning="Dévoile la fin du livre",
            up="lucie mathieu",
            answers=(
                Said(by="mathieu", text="Dès la page 40. Les facteurs voient ces choses-là.", up="lucie", down="elise"),
                Said(by="lucie", text="Pas du tout ! J’ai dû relire le premier chapitre.", up="elise amina"),
            ),
        ),
        Said(
            by="lucie",
            title="Rencontre à la librairie, avec du thé",
            text="On lit à voix haute, on écoute, on rit. Venez comme vous êtes.",
            meeting=Meeting(
                6, "19:00", "21:00", "Librairie du Quai", "3 quai des Brumes", capacity="20", coming="elise mathieu noor amina"
            ),
            up="elise amina mathieu noor",
            answers=(Said(by="noor", text="My French is slow. May I come and listen?", up="lucie elise"),),
        ),
    ),
)  # fmt: skip

CHOIR = Community(
    name="choir",
    title="Tuesday choir",
    summary="For those who sing with us. Rehearsals, scores, and who brings the soup.",
    topics="music",
    founder="noor",
    language="en",
    private=True,
    asking="sam wren",
    outsiders="tomas mathieu lucie idris",
    threads=(
        Said(
            by="noor",
            title="Altos: please read this before Tuesday",
            text="We begin at bar 32, twice as slowly as you would like.",
            answers=(Said(by="elise", text="Noted, with a pencil and a sigh.", up="noor ada"),),
        ),
    ),
)

CYCLISTS = Community(
    name="cyclists",
    title="Marsh cyclists",
    summary="Getting about on two wheels, whatever the wind does.",
    founder="oskar",
    language="en",
    home=MEADOW,
    outsiders="mathieu lucie sam",
    threads=(
        Said(
            by="oskar",
            title="The dyke path is open again",
            text="They have even mowed it. Mind the third gate: it closes by itself, and means it.",
            up="ada noor idris juniper",
            answers=(
                Said(
                    by="ada", text="Rode it this morning. Two herons, no punctures.", up="oskar juniper noor"
                ),
                Said(by="juniper", text="The third gate and I are not on speaking terms.", up="oskar ada"),
            ),
        ),
        Said(
            by="juniper",
            title="Lights that survive salt air?",
            text="Mine last one winter each. What do you ride with?",
            up="tomas oskar",
            answers=(
                Said(
                    by="tomas",
                    text="A drop of oil on the contacts, every month. I can show you.",
                    up="juniper",
                ),
            ),
        ),
    ),
)

COMMUNITIES = (HARBOUR, JARDIN, WORKSHOP, HISTORY, SOFTWARE, LECTURE, CHOIR, CYCLISTS)
LETTERS = (  # from, to, words
    ("noor", "ada", "Could you leave the boat shed open tonight? I shall bring the tables back."),
    ("ada", "noor", "It is open, and the kettle works again. Thank Tomás."),
    ("elise", "ada", "Il me reste trois sachets de graines de soucis. Je vous les garde ?"),
    ("juniper", "ada", "Hello from over the marsh: the scan is done. Shall I send it to Wren or post it?"),
)
