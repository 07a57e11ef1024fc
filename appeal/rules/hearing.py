"""How something is said rather than with which words: who does what, when, and whether it is asked, denied or told.

`rules.urgency` knows cues; this knows sentences. Each is looked at alone: a question claims nothing, what was seen last
week is not there now, and whoever read a poster saw a poster. English and Spanish, on text without accents.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from itertools import islice

# Nobody says one thing in more words than these.
MOST_WORDS = 60
# What stands further down is heard by its cues alone.
MOST_SENTENCES = 100
Fold = Callable[[str], str]

_SENTENCE = re.compile(r"[^.!?\n;]+[.!?;]*")
_WHO = (
    "(?:he|she|they|him|her|them|man|woman|boy|girl|lad|lady|guy|bloke|chap|person|child|kid|teenager|suspect|couple|"
    "driver|one|somebody|someone)"
)
_QUIEN = (
    "(?:el|ella|ellos|hombre|mujer|chico|chica|nino|nina|senor|senora|tipo|tio|persona|sospechoso|chaval|anciano|"
    "anciana|"
    "pareja|joven|muchacho|muchacha|abuelo|abuela)"
)
_THERE = (
    "(?:here|there|outside|inside|upstairs|downstairs|nearby|asleep|staying|parked|sat|stood|alone|in (?:the|my|"
    "our|a|front|room|coach|carriage|seat)|"
    "at (?:the|my|our|a|platform|gate)|on (?:the|my|our|a|platform|board|foot)|by (?:the|my|our)|next to|near|behind|"
    "opposite|across|with (?:me|us)|coming|leaving|going(?! to (?!the |my |our |a )\\w)|walking|sitting|standing|"
    "waiting|sleeping|hiding|running|"
    "eating|"
    "drinking|buying|paying|talking|looking|heading|crossing|getting|asking|begging|smoking|shouting|cycling|"
    "driving|playing|queue?ing|lying|turning|entering|feeding|washing|holding|carrying|wandering|boarding)"
)
_HECHO = "(?:\\w+(?:ando|iendo|yendo))"
_ALLI = (
    "(?:aqui|ahi|alli|dentro|fuera|cerca|delante|detras|enfrente|arriba|abajo|conmigo|con nosotros|al lado|"
    "en (?:el|la|los|"
    "las|un|una|mi|nuestr[oa]|frente)|junto a|por (?:el|la)|sentad[oa]|parad[oa]|dormid[oa]|tumbad[oa]|"
    "escondid[oa]|de pie|"
    f"{_HECHO})"
)
_VA = "(?:va|viene|sale|entra|baja|sube|cruza|camina|corre|pasa|espera|duerme|come|bebe|compra|paga|anda|tuerce|gira)"
_ROLE = (
    "(?:(?:ex|step|grand|former|old|late|half|twin|younger|older|big|little|best) ?){0,2}(?:husband|wife|brother|"
    "sister|"
    "son|daughter|cousin|uncle|aunt|nephew|niece|father|dad|mother|mum|partner|boyfriend|girlfriend|fiance|flatmate|"
    "housemate|roommate|neighbou?r|boss|manager|colleague|workmate|teammate|classmate|tenant|lodger|landlord|"
    "landlady|"
    "teacher|pupil|student|patient|client|customer|employee|apprentice|friend|mate|ex|carer|nurse|doctor|dentist|"
    "barber|"
    "hairdresser|plumber|builder|gardener|cleaner|caretaker|driver|coach|trainer|vicar|priest|supplier|foreman|"
    "father in "
    "law|mother in law|brother in law|sister in law|supervisor|tutor|in laws?)"
)
_PAPEL = (
    "(?:antigu[oa] |viej[oa] |ex ?)?(?:marido|mujer|esposa|esposo|herman[oa]|hij[oa]|prim[oa]|ti[oa]|sobrin[oa]|"
    "padre|"
    "madre|abuel[oa]|niet[oa]|cunad[oa]|suegr[oa]|yerno|nuera|novi[oa]|pareja|vecin[oa]|jef[ea]|companer[oa]|"
    "inquilin[oa]|"
    "caser[oa]|profesora?|maestr[oa]|alumn[oa]|paciente|cliente|clienta|emplead[oa]|amig[oa]|encargad[oa]|"
    "peluquer[oa]|"
    "fontaner[oa]|albanil|jardiner[oa]|chofer|conductor|entrenador|parroco|cura|cuidador[a]?|hermanastr[oa]|"
    "padrastro)"
)
_CIRCLE = (
    "(?:ward|team|street|course|shift|crew|unit|class|choir|club|gym|church|school|work|village|road|estate|"
    "office|block|building|"
    "practice|surgery|site|pub|regiment|floor|landing|wing|group|parish|college|company|firm|shop|salon|garage|"
    "allotments?)"
)
_CIRCULO = (
    "(?:calle|equipo|clase|coro|club|gimnasio|iglesia|parroquia|colegio|instituto|pueblo|barrio|oficina|edificio|"
    "empresa|tienda|"
    "taller|bloque|portal|planta|turno|consulta|grupo|finca|comunidad|trabajo|obra)"
)
_SHARE = (
    "(?:work(?:s|ed)?|stud(?:y|ies|ied)|train(?:s|ed)?|live[sd]?|serve[sd]?|play(?:s|ed)?|sing(?:s)?|sang|"
    "drink(?:s)?|drank|"
    "rent(?:s|ed)?|lodge[sd]?|married|date[sd]?|taught|teach(?:es)?|coach(?:es|ed)?|treat(?:s|ed)?|employ(?:s|"
    "ed)?|hired|"
    "shared|grew up|did time|went (?:to (?:school|college|church|uni\\w*)|out)|volunteer(?:s|ed)?|worship(?:s|"
    "ped)?|fish(?:es|ed)?)"
)
_COMPARTE = (
    "(?:trabaj(?:a|o|e|aba|amos|abamos|aron)|estudi(?:a|o|e|aba|amos|abamos)|viv(?:e|io|i|ia|imos|iamos)|"
    "jueg?(?:a|o)|jug(?:o|"
    "aba|amos|abamos)|cant(?:a|aba)|sirvio|compart(?:i|ia|imos|iamos)|iba|ibamos|fui|fuimos|entren(?:a|aba|amos))"
)
_HURT = (
    "(?:kill|murder|hurt|shoot|stab|attack|jump|harm|burn|bomb|poison|strangle|drown|rape|beat|hang|slit|torch|choke|"
    "smash|set fire|blow|throw (?:himself|herself|themselves|him|her|acid)|kidnap|cut (?:her|him|himself|herself|"
    "my)|run (?:her|him|them|me) over|finish (?:her|him|them|it|me)|"
    "do it (?:tonight|today|tomorrow|again)|end (?:it|her|his|my)|take (?:her|his|the) (?:life|own)|get even)"
)
_DANAR = (
    "(?:matar\\w*|hacerle dano|hacerse dano|disparar\\w*|apunalar\\w*|atacar\\w*|quemar\\w*|prender\\w*|"
    "envenenar\\w*|"
    "estrangular\\w*|ahogar\\w*|violar\\w*|pegar\\w*|ahorcar\\w*|suicidar\\w*|tirar(?:se|la|lo)|saltar|volar|"
    "acabar con|"
    "rajar\\w*|cortar(?:se|le)|quitarse la vida|atropellar\\w*|hacerlo (?:esta noche|hoy|manana))"
)
_MEANS = (
    "(?:will|ll|going to|gonna|wants? to|threat\\w+(?: to)?|plan\\w*(?: to)?|about to|swore|intends? to|"
    "promised(?: to)?|ready to|tr(?:y|ies|ied|ying) to)"
)
_QUIERE = (
    "(?:va a|van a|voy a|vamos a|quier(?:e|o|en)|amenaz\\w+(?: con)?|planea\\w*|dice que|dijo que|juro que|"
    "piensa|intenta)"
)
_CURE = "(?:insulin|medication|medicine|meds|inhaler|epipen|pills|tablets|dialysis|oxygen|injection)"
_REMEDIO = "(?:insulina|medicacion|medicina|medicinas|pastillas|inhalador|dialisis|oxigeno|tratamiento)"

SAYS: dict[str, tuple[str, ...]] = {
    "seen_now": (
        rf"(?:there is|theres|there are|ive got|weve got) (?:\w+ ){{0,4}}{_WHO}(?: \w+){{0,6}} {_THERE}",
        r"^(?:currently|now|still) (?:\w+ )?(?:at|in|on|by|inside|outside|near)\b",
        r"(?:he|she|they|hes|shes) (?:has |have )?(?:just )?(?:locked|shut|hidden|settled) (?:\w+ )?(?:in|on|at|"
        r"inside|into|down)\b",
        r"(?:i|we) can (?:still )?(?:hear|see|smell) (?:him|her|them)",
        rf"hay (?:un|una|alguien) (?:\w+ )?{_QUIEN}?(?: \w+){{0,6}} {_ALLI}",
        r"se (?:acaba de|ha) (?:sentar|sentado|metido|subido|bajado|parado|escondido|dormido|quedado|encerrado)\b",
        r"\bha (?:entrado|salido|subido|bajado|llegado|parado|aparcado|cruzado) (?:en|de|del|al|a|por|la|el)\b",
        rf"{_WHO}(?: \w+){{0,5}} (?:is|are) (?:(?:still|just|now|right|currently|only|actually|both|sat|"
        rf"stood) )*{_THERE}",
        rf"(?:hes|shes|theyre|its (?:him|her)) (?:(?:still|just|now|right|currently|only|actually|all) )*{_THERE}",
        r"(?:im|i am|we are) (?:(?:still|just|now|right|literally) )*(?:looking at|watching|following|behind|"
        r"opposite|next to|"
        r"near|beside|with|sat|stood|holding|talking to|keeping|hiding|serving|tailing|parked|on the (?:phone|"
        r"same)|across)",
        r"(?:i|we) (?:can )?(?:still )?see (?:him|her|them)\b",
        rf"{_WHO}(?: \w+){{0,3}} (?:has |have )?just (?:walked|drove|got|came|come|went|gone|passed|left|entered|"
        rf"ran|sat|boarded|bought|"
        r"paid|asked|stepped|turned|pulled|parked|checked|knocked|arrived|ordered)",
        r"(?:just|ive just|weve just|have just) (?:saw|seen|spotted|passed|served|spoken to|met|let) (?:him|her|"
        r"them|this|that|the)",
        rf"(?:right now|as (?:we|i) (?:speak|write|type)|at the moment|this (?:minute|second|instant|"
        rf"moment)).*\b{_WHO}\b",
        rf"\b{_WHO}\b.*(?:right now|as (?:we|i) (?:speak|write|type)|at (?:the|this) (?:very )?moment|"
        rf"this (?:minute|second|instant|moment))",
        rf"(?:esta|estan|sigue|siguen) (?:(?:ahora|ahora mismo|todavia|aun|justo|solo|sola) )*{_ALLI}",
        rf"{_VA} (?:(?:ahora|ahora mismo|ya) )?(?:por|en|hacia|del?|a|al|con|conmigo|sol[oa]|corriendo|andando)\b",
        r"(?:lo|la|le|los|las) (?:estoy|estamos|tengo|tenemos|veo|vemos|sigo|seguimos|oigo)",
        r"estoy (?:viendo|siguiendo|mirando|con|detras|delante|al lado|sentad[oa]|enfrente)",
        r"(?:acab(?:o|a|amos|an) de|hace un momento|ahora mismo|en este momento|en este instante)",
    ),
    "recognised": (
        rf"(?:he|she|hes|shes|him|her|its|thats|they|theyre)\b(?: \w+){{0,5}} (?:on|in|at|from|of) (?:my|"
        rf"our) {_CIRCLE}\b",
        r"(?:this|that|he|she|hes|shes|thats)(?: is)? the (?:\w+ )?\w+ (?:who|that) (?:\w+ ){1,2}(?:our|my|us|me)\b",
        r"i (?:\w+ )?(?:cut|fix|teach|treat|drive|employ|serve|look after|train|mend|clean|coach|see|know) (?:his|"
        r"her|him|them|for him|for her)\b.*\b(?:every|each|always|"
        r"usually|often|weekly|twice|once a)\b",
        rf"es (?:el|la) \w+ de (?:mi|nuestr[oa]) (?:{_CIRCULO}|\w+)\b",
        rf"(?:en|de) (?:mi|nuestr[oa]) {_CIRCULO}\b",
        rf"(?:is|s|was|are|be|looking for|want|wanted|seeking|identify|of|recognise) (?:definitely |actually |"
        rf"possibly |probably )?(?:my|our) {_ROLE}\b",
        rf"^(?:(?:it|he|she|that|this)s )?(?:my|our) {_ROLE}(?:$| (?:he|she|i|has|and)\b)",
        rf"(?:i am|im|i was|i used to be|we are|we were) (?:his|her|their) (?:\w+ )?{_ROLE}\b",
        rf"(?:he|she|they|i|we)(?: \w+){{0,2}} {_SHARE}(?: \w+){{0,4}} (?:with|for|alongside|beside|next to|"
        rf"at our|in our|at my|in my|the same|from us|"
        r"to me|me|us|together|him|her)\b",
        r"(?:the|my) same (?:school|class|year|shift|unit|team|office|block|street|church|gym|firm|company|wing|"
        r"regiment|course)\b",
        r"(?:i|we|ive|weve)(?: \w+){0,2} (?:know|knew|known|recogni[sz]ed?|remember) (?:(?:exactly|him|her|them|"
        r"this|that|who|his|the)\b)",
        r"(?:\w+ )?(?:for|over) (?:\w+) (?:years|months)\b.*\b(?:him|her|together|us|me)\b",
        rf"(?:es|era|son|busca[n]?(?: ustedes)?(?: a)?|de|parece(?: a)?|a) (?:mi|nuestr[oa]) {_PAPEL}\b",
        rf"^(?:mi|nuestr[oa]) {_PAPEL}(?:$| (?:lo|la|que|no|ha|y)\b)",
        rf"(?:soy|fui|era) su {_PAPEL}\b",
        rf"{_COMPARTE}(?: \w+){{0,4}} (?:con(?:migo| nosotr[oa]s| el\b| ella\b| mi\b)|junt[oa]s|en nuestr[oa]|"
        rf"para (?:mi|nosotros|el\b|ella\b)|en la misma|"
        r"en el mism[oa])",
        r"(?:lo|la|le|los) (?:conoz\w+|conoc\w+|reconoz\w+|reconoc\w+|recuerdo|identifico)",
        r"(?:conozco|reconozco|recuerdo|se quien) (?:a|es|al|bien|su)\b",
    ),
    "harm_to_come": (
        r"(?:tied up|hands (?:are |were )?tied|gagged|handcuffed|in the boot of|against (?:her|his) will|"
        r"gun to (?:her|his)|knife to (?:her|his))",
        r"(?:girl|boy|child|kid|baby|woman|lady)(?: \w+){0,4} (?:crying|screaming|struggling|begging|bleeding|"
        r"bruis\w+)\b",
        r"(?:encerrad[oa]|secuestrad[oa]|amordazad[oa]|maniatad[oa])\b",
        r"(?:van|va|vamos|ir) a por (?:el|la|ella|los|las|mi|su|ti|vosotros|nosotros)\b",
        r"(?:pus\w+|puesto|apunt\w+|amenaz\w+) (?:\w+ ){0,3}(?:cuchillo|pistola|navaja|arma|escopeta)\b",
        rf"(?:he|she|they|hes|shes|theyre|man|woman|i|im|ill|hell|shell|theyll|somebody|someone|"
        rf"who)(?: \w+){{0,5}} {_MEANS} (?:\w+ ){{0,4}}{_HURT}\b",
        rf"(?:ill|hell|shell|theyll) (?:\w+ ){{0,2}}{_HURT}\b",
        r"(?:has|have|got|carr(?:y|ies|ying)|holding|brought|bought|hid(?:es|den)?|keeps|pulled|showed|waving|"
        r"reaching for|with) "
        r"(?:\w+ ){0,4}(?:gun|knife|knives|shotgun|rifle|pistol|machete|hammer|axe|crossbow|grenade|explosives?|"
        r"petrol can|acid|crowbar|blade)\b",
        r"(?:said|says|sent|left|wrote|texted|posted)(?: \w+){0,4} (?:goodbye|farewell|sorry for everything|"
        r"suicide note)",
        r"(?:doesnt|does not|dont|didnt|did not) want to (?:live|be here|wake up|go on)|better off (?:without|"
        r"dead)|wants? to die|tired of living",
        r"(?:climb\w*|stand\w*|sit\w*|sat|stood|is|hes|shes) (?:\w+ ){0,3}on the (?:wrong side|edge|ledge|roof|"
        r"rail\w*|tracks|parapet|bridge rail\w*)",
        rf"(?:needs?|without|missed|run out of|ran out of|forgot|hasnt (?:got|had|taken)|has not (?:got|had|"
        rf"taken)|no|not taken|off) (?:\w+ ){{0,3}}{_CURE}\b",
        r"\b(?:dementia|alzheimers?|epilep\w+|hypothermi\w*|asthma attack|overdos\w+|suicidal|self harm\w*)\b",
        r"\b(?:barefoot|no coat|no shoes|soaking wet|shivering|turning blue|soaked)\b",
        r"(?:drag(?:s|ged|ging)|forc(?:ed|ing)|lock(?:ed|ing|s)|tied|chok(?:ed|ing)|strangl\w+|hitting|beat(?:s|"
        r"ing|en)|punch\w+|slapp\w+|kick(?:s|ed|ing)) "
        r"(?:\w+ )?(?:her|him|them|me|the (?:girl|boy|child|baby|woman)|a (?:girl|boy|child|woman))\b",
        r"(?:scream\w*|crying|cries|shouting|begging) (?:\w+ ){0,2}(?:for help|help)\b",
        r"(?:follow\w*|wait\w* for|watch\w*|stalk\w*|threaten\w*) (?:me|us|my (?:daughter|son|wife|sister|mother|"
        r"mum|kids))\b",
        rf"{_QUIERE} (?:\w+ ){{0,4}}{_DANAR}\b",
        r"(?:tiene|lleva|llevaba|con|esconde|guarda|compro|ha comprado|saco|ensena|trae) (?:\w+ ){0,3}(?:pistola|"
        r"arma|armas|cuchillo|navaja|escopeta|machete|"
        r"martillo|hacha|explosivos?|gasolina|acido|granada|rifle|bate)\b",
        r"(?:se (?:ha )?despedid\w+|se despidio|carta de despedida|no quiere (?:vivir|seguir)|quiere morir\w*|"
        r"no puede mas|mejor muert[oa])",
        r"(?:subid[oa]|sentad[oa]|de pie|asomad[oa]|colgad[oa])(?: \w+){0,3} (?:barandilla|cornisa|tejado|azotea|"
        r"borde|vias?|puente)\b",
        rf"(?:necesita|sin|no (?:lleva|tiene|ha tomado|se ha (?:tomado|puesto))|le faltan?|se dejo|"
        rf"olvido) (?:\w+ ){{0,3}}{_REMEDIO}\b",
        r"\b(?:demencia|alzheimer|epilep\w+|hipotermia|sobredosis|descalz[oa]|tiritando|empapad[oa]|diabetic[oa])\b",
        r"(?:arrastra\w*|encerr\w+|atad[oa]|ahog\w+|golpe\w+|pega\w*|estrangul\w+|maltrat\w+|pateo|"
        r"patea\w*) (?:\w+ )?(?:a (?:la|el|una|un|su|mi)|al)\b",
        r"(?:grita\w*|pide|pidiendo|llora\w*) (?:\w+ ){0,2}(?:socorro|ayuda|auxilio)\b",
        r"(?:nos|me) (?:sigue|persigue|vigila|acosa|amenaza|espera)\b",
    ),
}
# What makes a sentence say something else than it seems to.
PAST = re.compile(
    r"\b(?:yesterday|last (?:night|week|month|year|spring|summer|autumn|winter|monday|tuesday|wednesday|thursday|"
    r"friday|saturday|sunday)|"
    r"(?:days?|weeks?|months?|years?) ago|used to|years back|in (?:january|february|march|april|june|july|august|"
    r"september|october|november|december|"
    r"spring|summer|autumn|winter)|on the \d{1,2}(?:st|nd|rd|th)|the other day|back in|ayer|anteayer|anoche|"
    r"pasad[oa]|hace (?:unos |unas |\w+ )?"
    r"(?:dias?|semanas?|mes(?:es)?|anos?)|antes (?:lo|la|le|venia|vivia)|el (?:otro )?dia \d{1,2}|el otro dia|"
    r"en (?:enero|febrero|marzo|abril|junio|julio|"
    r"agosto|septiembre|octubre|noviembre|diciembre|primavera|verano|otono|invierno))\b"
)
# One such time says that it was once; a time that lasted is how people know each other.
LASTED = re.compile(
    r"\b(?:years|months|anos|meses|always|siempre|every|cada|school|colegio|instituto|(?:19|20)\d\d|es (?:el|"
    r"la) que|is the (?:one|man|woman|person) (?:who|that))\b"
)
READ = re.compile(
    r"\b(?:read|reading|leer(?:lo)?|leido|reward|recompensa)\b|\b(?:saw|seen|see|watch(?:ed|ing)?|noticed|vi|"
    r"visto|ver|viendo|veo|found|heard)\b"
    r"(?: \w+){0,5} (?:poster|website|web|article|news|posts?|appeal|notice|video|film|movie|programme|episode|tv|"
    r"cartel|noticias?|articulo|anuncio|"
    r"pelicula|publicacion|telediario|tele)\b|\bmy message\b|\bmi mensaje\b"
)
DENIED = re.compile(
    r"\b(?:not|never|dont|didnt|havent|hasnt|isnt|wasnt|cant|cannot|couldnt|wouldnt|no|if|unless|whether|wish|"
    r"nobody|nunca|jamas|tampoco|ni|si|ojala|nadie)\b"
)
IDIOM = re.compile(
    r"\b(?:kill(?:s|ed|ing)? (?:for|it|time|me)|killer|(?:phone|battery|laptop|engine|signal|car|tv|line|movil|"
    r"bateria|coche|ordenador) (?:\w+ )?"
    r"(?:is |has |just |se )?(?:died?|dead|murio|muerto)|murio el|drop dead|dead (?:end|line|battery|tired|ringer|"
    r"funny|good|sure)|dying (?:to|of laughter|for)|"
    r"to die for|(?:shoot|kill|maten?) (?:al? )?(?:the )?(?:messenger|mensajero)|death trap|trampa mortal|"
    r"para morirse|me muero (?:de|por)|mataria por|"
    r"could murder|photo ?shoot|shoot(?:s|ing)? (?:a |the )?(?:film|video|photo|scene)|bombed|blow(?:s|n)? (?:my|"
    r"your) mind|cuts?\b|recortes)\b"
)
# What somebody else is said to have done or said makes nobody known.
TOLD = re.compile(
    rf"\b(?:my|our) {_ROLE} (?:says?|said|tells?|told|thinks?|thought|saw|heard|showed|sent|shared|read|posted)\b|"
    rf"\b(?:mi|nuestr[oa]) {_PAPEL} (?:me )?(?:dice|dijo|cree|vio|oyo|conto|comparti\w+|ensen\w+|mando|leyo)\b"
)
GUARDED: dict[str, tuple[re.Pattern[str], ...]] = {
    "seen_now": (PAST, READ, DENIED),
    "recognised": (DENIED, TOLD),
    "harm_to_come": (IDIOM,),
}
# Faces that laugh: what stands beside them is hardly meant.
LAUGHS = re.compile("[😂🤣😆😹😝😜🤪🤡]")
_PATTERNS = {
    code: tuple(re.compile(rf"\b(?:{one})" if one[0] != "^" else one) for one in said) for code, said in SAYS.items()
}
# A name as people write it: two words with capitals after somebody who is that.
_NAMED = re.compile(
    r"\b(?:[Hh]e|[Ss]he|[Tt]hat|[Tt]his|[Ii]t|man|woman|lad|guy|boy|girl|person|him|her|[Ee]s|[Ss]on|foto|imagen|"
    r"picture|photo)(?:'s|’s| is| was| es)? "
    r"(?:definitely |called |probably |possibly |I think |creo |a |un tal |una tal )*"
    r"(?:[A-ZÁÉÍÓÚÑ][a-záéíóúñü]{2,} (?:de (?:la )?|O'|Mc)?[A-ZÁÉÍÓÚÑ][a-záéíóúñü'-]{2,}|(?:Mr|Mrs|Ms|Miss|Dr|Don|"
    r"Doña|Sr|Sra)\.? [A-ZÁÉÍÓÚÑ][a-záéíóúñü'-]{2,})"
)


def heard(text: str, fold: Fold) -> set[str]:
    """The codes of `rules.urgency` that some sentence of a text gives by how it is built."""
    found: set[str] = set()
    for sentence in islice(sentences(text), MOST_SENTENCES):
        folded = fold(sentence)
        found |= set(_said(folded, is_asked=sentence.rstrip().endswith("?")))
        if _NAMED.search(sentence) and not sentence.rstrip().endswith("?"):
            found.add("names_someone")
    return found


def is_claimed(text: str, code: str, pattern: re.Pattern[str], fold: Fold) -> bool:
    """Whether a cue stands in a sentence that claims it: not one that asks, tells of long ago, or of something "
    "read."""
    for number, sentence in enumerate(sentences(text)):
        if number == MOST_SENTENCES:
            return True
        folded = fold(sentence)
        if pattern.search(folded) and not _is_void(folded, code, is_asked=sentence.rstrip().endswith("?")):
            return True
    return False


def sentences(text: str) -> Iterator[str]:
    """The sentences of a text without the marks that open Spanish ones; what never ends is cut into pieces."""
    for one in _SENTENCE.finditer(text.replace("¿", " ").replace("¡", " ")):
        words = one[0].split()
        yield from (" ".join(words[at : at + MOST_WORDS]) for at in range(0, len(words), MOST_WORDS))


def _said(folded: str, *, is_asked: bool) -> Iterable[str]:
    for code, patterns in _PATTERNS.items():
        if is_asked and code != "harm_to_come":
            continue
        if any(guard.search(folded) for guard in GUARDED[code]):
            continue
        if code == "recognised" and PAST.search(folded) and not LASTED.search(folded):
            continue
        if any(pattern.search(folded) for pattern in patterns):
            yield code


def _is_void(folded: str, code: str, *, is_asked: bool) -> bool:
    if code == "harm_to_come":
        return bool(IDIOM.search(folded))
    is_past = bool(PAST.search(folded))
    if code == "seen_now":
        return is_asked or is_past or bool(READ.search(folded))
    return is_asked or (is_past and not LASTED.search(folded)) or bool(TOLD.search(folded))
