"""Further cues for `rules.urgency`: how calm people say that somebody is there, whom they know, or what may happen.

Whole words without accents and apostrophes, English and Spanish; `*` stands for any ending.
"""

from collections.abc import Mapping

_KIN = (
    "(?:ex ?)?(?:husband|wife|brother|sister|son|daughter|cousin|uncle|aunt|nephew|niece|father|dad|mother|mum|"
    "partner|boyfriend|girlfriend|flatmate|housemate|roommate|neighbou?r|boss|colleague|workmate|tenant|lodger|"
    "landlord|landlady|teacher|stepfather|stepson|bookkeeper|barber|dentist|pupil|patient|customer)"
)
_PARIENTE = (
    "(?:ex ?)?(?:marido|mujer|herman[oa]|hij[oa]|prim[oa]|ti[oa]|sobrin[oa]|padre|madre|cunad[oa]|suegr[oa]|yerno|"
    "nuera|novi[oa]|pareja|vecin[oa]|jef[ea]|companer[oa]|inquilin[oa]|caser[oa]|profesor[a]?|alumn[oa]|paciente|"
    "cliente|compi)"
)
_PLACES = "train|bus|tram|ferry|carriage|queue|shop|pub|cafe|street|garden|car|hotel|class|flat"
_SITIOS = "vagon|tren|bus|autobus|ferry|cola|tienda|bar|calle|portal|jardin|coche|hotel|puerta|mesa"

MORE: Mapping[str, tuple[str, ...]] = {
    "seen_now": (
        "(?:this|right this|this very) (?:minute|second|moment|instant)|(?:he|she|they|it) is leaving|is leaving now",
        "(?:hes|shes|theyre) leaving|leaving (?:now|the \\w+ now)",
        "is (?:here|parked|asleep|waiting) (?:with|in|on|at|by)",
        "is (?:sitting|standing|walking|sleeping|waiting|hiding|eating|drinking) (?:on|in|at|by|with|outside|next)",
        "(?:am|im|is|are) with (?:him|her|me|us) now|i will stay (?:with|here)|ill stay (?:with|here)|is with me",
        "looking at (?:him|her|them)|watching (?:him|her|them)",
        "has been (?:here|there)? ?since i|turning (?:left|right)",
        f"(?:on|in) the same (?:{_PLACES})|on my (?:{_PLACES})",
        "come (?:quick|now|quickly|fast)|hurry (?:hes|shes|he is)",
        "esta (?:conmigo|con nosotros|entrando|saliendo|durmiendo|"
        "comprando|comiendo|esperando|cruzando|bajando|subiendo)",
        f"(?:va|viene|esta|sube|baja) en (?:mi|el mismo|la misma) (?:{_SITIOS})|en (?:el mismo|la misma) (?:{_SITIOS})",
        "baja en la (?:proxima|siguiente)|que se va|se esta yendo|sale (?:del|de la|ahora)|acabo de dejar(?:lo|la)?",
        "(?:lo|la|le) acabo de|venga[n]? (?:ya|rapido|por favor|corriendo)|corred|dense prisa que|este mismo instante",
    ),
    "harm_to_come": (
        "(?:has|have|needs|deserves) to die|(?:will|gonna|going to) (?:do it|burn|blow|poison|strangle|drown|finish)",
        "(?:do|doing) it tonight|left a note|(?:tablets|pills|medication) (?:are|is) (?:gone|missing)|overdose",
        "set (?:fire|it on fire)|burn (?:the|it|them|down)|insulin|diabetic|hypotherm*|disoriented|(?:is|and) confused",
        "(?:not|wont|will not|cant|cannot) last (?:the night|long)",
        "going to freeze|freezing|only had (?:slippers|pyjamas)",
        "turn(?:s|ed)? the gas on|gas on|(?:taken|took|takes|got) the (?:baby|child|kids?|boy|girl|children)",
        "(?:has|have|hed|hes) hurt|hurt (?:others|me|her|him|them|somebody|someone) before|fertili[sz]er|explosive*",
        "(?:follows|following|followed|stalk*) me|tried my door|at my (?:door|window) (?:again|at night)",
        "(?:with|bought|got|has) (?:petrol|acid|a crowbar)",
        "(?:is|are|you are|youre) dead|we know (?:the|your|his|her) house",
        "(?:know|knows) where (?:\\w+ ){1,4}lives?|going round there",
        "please hurry|not safe with|beats|beating (?:her|him|the)",
        "dejado una nota|(?:faltan|faltaban) (?:sus|las) (?:pastillas|medicinas)",
        "prender fuego|(?:van|va) a (?:quemar|prender)",
        "lo (?:hara|va a hacer) (?:esta noche|hoy|manana)",
        "(?:tiene|merece) que morir|no (?:llega|llegara) (?:a|al|viv[oa])",
        "insulina|diabetic[oa]|desorientad[oa]|hipotermia|no aguanta|esta noche hiela|hiela|abre el gas|abrir el gas",
        "se ha llevado (?:a la|al|a mi|a su|a los) (?:nin[oa]s?|bebe|hij[oa]s?)",
        "(?:hizo|ha hecho|hace) dano|abono y tubos",
        "me sigue|intento abrir (?:mi|la) puerta|con gasolina|con acido|esta muert[oa]|sabemos (?:la|tu|su) casa",
        "se donde vive|sabemos donde vive|apunal(?:o|ar*|a)|dense prisa|dese prisa|le pega|la pega|le esta pegando",
    ),
    "recognised": (
        f"my {_KIN}(?: in law)?|our (?:old |former )?{_KIN}|our old \\w+|looking for my|you want my|that i know",
        "(?:worked|working|served|studied|lived|trained|grew up|"
        "shared a (?:cell|flat|room)) (?:with|together|the same|next)",
        "(?:was|were|went) (?:at|to) (?:school|college|university) with",
        "same (?:class|shift|school|unit|team|office|block)",
        "(?:know|knew|known) (?:him|her|them) (?:from|anywhere|for|well|at|since)",
        "used to (?:work|live|drink|play|be|come)",
        "(?:he|she) (?:came|comes|drinks|trains|worked|works|rented|"
        "rents|lodged|banks|shops) (?:every|here|in|at|for|with)",
        "(?:son|daughter|brother|sister|widow) of the|i (?:am|was) (?:his|her)",
        "im (?:his|her)|(?:sold|rented|lent) (?:him|her)",
        "served (?:with )?(?:him|her)|i (?:can|could) give (?:you )?(?:the|his|her|a) name",
        f"mi {_PARIENTE}|nuestr[oa] {_PARIENTE}|exmarido|exmujer|exnovi[oa]|busca[n]? (?:ustedes )?a mi",
        "trabaj(?:e|o|aba|amos|abamos) (?:con (?:el|ella)|junt[oa]s|en su|para (?:el|ella)|de \\w+ en su)",
        "(?:fui|iba|fuimos|ibamos|estudi\\w+|vivi\\w*|estuv\\w+) (?:con (?:el|ella)|en el mism[oa]|en la misma|juntos)",
        "(?:lo|la|le) (?:conoci|conoceria|conocia|vendi|alquile|tuve)|nos (?:arreglo|vendio|alquilo|pinto|atendio)",
        "puedo dar (?:el|su) nombre|lo hice yo|soy su|era (?:su|mi|nuestro|nuestra)|ese es el que|esa es la que",
    ),
    "names_someone": (
        "(?:his|her|real|true|the) name (?:is|was|then|begins|starts)|name (?:begins|starts) with|real name|surname",
        "(?:mr|mrs|miss|corporal|sergeant|doctor|father|don|dona|senor|senora) [a-z]{3,}|se llamaba|apellid\\w+",
        "(?:su|el) nombre (?:de verdad|real|verdadero|era|completo)|nombre (?:es|era|empieza)|en la factura pone",
        "(?:man|woman|boy|girl|person|one|lad) (?:in|on) (?:the )?"
        "(?:picture|photo|poster|second|first|third|left|right)(?: \\w+)? is [a-z]+",
        "(?:hombre|mujer|chico|chica|persona|el|la) de la (?:\\w+ )?(?:foto|imagen) es [a-z]+",
    ),
    "looks_like_mockery": (
        "superman|spider ?man|darth vader|shrek|gollum|voldemort|harry potter|hogwarts|james bond|donald trump|"
        "vladimir putin|"
        "lionel messi|cristiano ronaldo|brad pitt|tom cruise|homer simpson|wheres wally|bigfoot|yeti|nessie|"
        "loch ness|dracula|"
        "michael jackson|mr bean|gandalf|dumbledore|rambo|terminator|jesus christ|the grinch|easter bunny|"
        "tooth fairy|"
        "from mars|on mars|de marte|en marte|los reyes magos|ratoncito perez|mortadelo|torrente|el fary",
        "in (?:my|the|your) (?:fridge|freezer|mirror|wardrobe|underpants|knickers|sock drawer)|(?:la|mi|tu) nevera|"
        "(?:el|mi) (?:espejo|congelador)|mis calzoncillos",
        "(?:its|thats|this is|is) my (?:dog|cat|hamster|goldfish|parrot|tortoise)|es mi (?:perro|gato|loro|"
        "tortuga|hamster)",
        "yo(?:ur|r) (?:mum|mom|mama|nan)s? (?:house|bed)|en casa de tu madre|just kidding|only joking|es broma|"
        "era broma",
    ),
    "looks_like_spam": (
        "free (?:trial|gift|minute|delivery|money|quote|cruise|ticket|spins?)|(?:special|best) (?:price|offer)|"
        "promo code|"
        "\\d+ off|discount|coupon|voucher|giveaway|loan|payday|invest(?:ment|ing|or)?|trading|profits?|"
        "passive income|"
        "(?:hot|local|lonely) (?:singles?|girls|women)|whats ?app me|dm (?:me|us)|follow (?:me|us|back)|link in bio|"
        "work(?:ing)? from home|verify (?:now|your)|your account (?:will|has)|parcel (?:is|could)|weight loss|"
        "replica",
        "descuento|cupon|prestamo|invert(?:ir|ido)|invierte|inversor|ganancias|desde casa|verifique (?:su|ahora)|"
        "su cuenta|"
        "su paquete|solteras|sorteo|gratis|codigo promocional|sigueme|enlace (?:de|en) (?:mi|la) bio|adelgaz\\w+",
    ),
}
