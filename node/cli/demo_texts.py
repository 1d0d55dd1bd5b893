"""What the people of the demonstration community say: the first three groups, and who is who."""

from __future__ import annotations

from node.cli.demo_shapes import Community, Neighbour, Said

PEOPLE = {  # name: (name as people read it, language, a line about themselves)
    "ada": ("Ada", "en", "Keeps the harbour log, and the key to the boat shed."),
    "noor": ("Noor", "en", "Bakes, copies tide tables, asks how things work."),
    "tomas": ("Tomás", "en", "Mends kettles, chairs and the occasional argument."),
    "elise": ("Élise", "fr", "Jardinière du dimanche, lectrice tous les soirs."),
    "mathieu": ("Mathieu", "fr", "Facteur à la retraite ; je connais toutes les boîtes aux lettres."),
    "wren": ("Wren", "en", "Parish records, old maps, and where the mill stood."),
    "idris": ("Idris", "en", "Runs a small server and a smaller allotment."),
    "lucie": ("Lucie", "fr", "Libraire. Je prête plus de livres que je n’en vends."),
    "sam": ("Sam", "en", ""),
}

MEADOW, LAGUNE = "https://meadow.example", "https://lagune.example"
NEIGHBOURS = (
    Neighbour("juniper", "Juniper", MEADOW, "Cycles to work across the marsh."),
    Neighbour("oskar", "Oskar", MEADOW, "Bicycle mechanic; bring cake."),
    Neighbour("amina", "Amina", LAGUNE, "Traductrice, entre deux marées."),
)

HARBOUR = Community(
    name="harbour",
    title="Harbour talk",
    summary="News from the quay: **boats, weather, the market**.\n\nBe kind; we meet at the baker's.",
    founder="ada",
    language="en",
    threads=(
        Said(
            by="ada",
            title="Welcome to the harbour",
            pictures=(
                ("evening", "Two sailing boats off the harbour, with the sun going down behind them"),
                ("quay", "Narrow houses along the quay, three boats in front of them"),
            ),
            text=(
                "This group lives on this node, and anybody on another node can join it:\n\n"
                "- search for `!harbour` with this node's address,\n- follow it,\n- write.\n\n"
                "What you read here reaches them, and what they write arrives here."
            ),
            up="noor tomas elise",
            pinned=True,
            answers=(
                Said(
                    by="noor",
                    text="Nice. Does a vote travel as well?",
                    up="ada",
                    answers=(
                        Said(
                            by="ada",
                            text="It does. The group counts it and tells every node that follows.",
                            up="noor tomas",
                            answers=(Said(by="noor", text="Then here is one for you.", up="ada"),),
                        ),
                    ),
                ),
                Said(by="tomas", text="Hello from pier three!", up="ada noor"),
            ),
        ),
        Said(
            by="tomas",
            title="Which tide table do you trust?",
            text="Mine was forty minutes off on Sunday.\n\n> Low water 06:12\n\nIt was not.",
            up="ada",
            answers=(
                Said(
                    by="ada",
                    text="The printed one at the lock. It is dull and right.",
                    up="tomas noor mathieu",
                    answers=(
                        Said(by="tomas", text="Out of print since spring, sadly.", up="ada"),
                        Said(by="noor", text="I can copy mine. Come by the shop."),
                    ),
                ),
                Said(by="mathieu", text="I look out of the window.", up="ada tomas noor", down="elise"),
            ),
        ),
        Said(
            by="noor",
            title="ActivityPub, the standard that carries this page",
            text="Long, but section 7 is worth an evening.",
            link="https://www.w3.org/TR/activitypub/",
            up="ada tomas mathieu",
            answers=(Said(by="tomas", text="Read it twice. The second time it was shorter.", up="noor"),),
        ),
    ),
)

JARDIN = Community(
    name="jardin",
    title="Le jardin partagé",
    summary="Semis, récoltes et échanges de graines. *Débutants bienvenus.*",
    founder="elise",
    language="fr",
    threads=(
        Said(
            by="elise",
            title="Que semez-vous en novembre ?",
            pictures=(("beans", "Des rangs de jeunes fèves dans la terre du jardin"),),
            text="De mon côté :\n\n1. des fèves,\n2. de l’ail rose,\n3. un peu de mâche sous voile.\n\nEt vous ?",
            up="mathieu ada",
            answers=(
                Said(
                    by="mathieu",
                    text="Des fèves aussi, mais les limaces en mangent la moitié.",
                    up="elise",
                    answers=(
                        Said(
                            by="elise",
                            text="Essayez de la cendre autour des rangs, à renouveler après la pluie.",
                            up="mathieu noor",
                            answers=(
                                Said(by="mathieu", text="Il pleut tous les jours… mais je vais essayer !"),
                            ),
                        ),
                    ),
                ),
                Said(
                    by="ada",
                    text="Ail rose, merci pour l’idée. (And thanks for your patience with my French.)",
                ),
            ),
        ),
        Said(
            by="mathieu",
            title="Échange de graines samedi à 10 h",
            text="Rendez-vous sous le **grand tilleul**. Apportez des sachets étiquetés, s’il vous plaît.",
            up="elise noor tomas",
            answers=(Said(by="elise", text="J’apporte des haricots et du thé chaud.", up="mathieu"),),
        ),
    ),
)

WORKSHOP = Community(
    name="workshop",
    title="Repair workshop",
    summary="Broken things and those who mend them. English ou français, as you like.",
    founder="tomas",
    language="en",
    threads=(
        Said(
            by="noor",
            title="A kettle that clicks off too early",
            pictures=(("kettle", "A steel kettle with a brown handle on a kitchen table"),),
            text="It stops long before it boils. What I found so far:\n\n```\nbase  ok\ncable ok\nswitch ?\n```\n\n#repair",
            up="tomas",
            answers=(
                Said(
                    by="tomas",
                    text="Limescale on the sensor. Vinegar, one night, then rinse well.",
                    up="noor ada",
                    answers=(Said(by="noor", text="It boils again. Thank you!", up="tomas ada elise"),),
                ),
                Said(by="mathieu", text="Pareil chez moi ; le vinaigre a suffi.", up="noor"),
            ),
        ),
        Said(
            by="tomas",
            title="Open evening on Thursday",
            text="Bring one thing, leave with one thing that works. Soldering irons are there; glasses too. #repair",
            up="ada noor elise mathieu",
        ),
    ),
)
