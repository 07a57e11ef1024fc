"""Words that mean the same to a witness, in English and Spanish, so that two reports of one thing can be compared."""

import re
from collections.abc import Mapping

# One line for each meaning; folded, in the singular.
_MEANINGS = """
man bloke guy fellow fella lad chap gentleman dude hombre tipo senor tio chaval muchacho chico caballero
woman lady girl teenager mujer senora chica muchacha nina
child kid toddler boy nino crio chiquillo menor hijo hija
old elderly mayor anciano viejo vieja anciana
young joven
tall alto alta
short bajo baja bajito
thin skinny slim delgado delgada flaco
fat heavy stocky gordo gorda corpulento
red rojo roja
blue navy azul
green verde
black negro negra
white blanco blanca
grey gray gris
yellow amarillo amarilla
brown marron
orange naranja
pink rosa
purple violet morado morada lila
golden gold dorado dorada oro
silver plateado plateada plata
suit traje
jacket coat anorak parka chaqueta abrigo cazadora oilskin chubasquero
hoodie hood hooded sudadera capucha encapuchado
hat sombrero cap beanie gorra gorro
helmet casco
scarf bufanda
glasses sunglasses specs gafas
beard bearded barba
moustache bigote
bald calvo rapado
tattoo tattooed tatuaje tatuado
scar cicatriz
limp limping cojear cojo coja cojeaba crutch muleta
shirt camiseta camisa tshirt
trousers jeans pantalon vaquero
dress vestido
shoe trainer boot zapato zapatilla bota
barefoot descalzo descalza
bag rucksack backpack mochila bolsa bolso macuto
suitcase case luggage maleta maletin
box package parcel caja paquete
dog puppy perro perra cachorro
cat gato
horse caballo
bird parrot pajaro loro
car coche auto vehiculo
van furgoneta
lorry truck camion camioneta
taxi cab
bus autobus coach autocar
train tren
tube metro underground subway
tram tranvia
motorbike motorcycle moto scooter moped motocicleta ciclomotor
bicycle bike bici bicicleta
escooter patinete
boat barca barco lancha
wheelchair silla
pram pushchair buggy carrito cochecito
knife blade navaja cuchillo machete
gun pistol pistola arma revolver shotgun escopeta rifle
hammer sledgehammer martillo mazo
stick cane palo baston bate bat
bottle botella
fire burning flames fuego arde ardiendo incendio quemar quemaron llamas
smoke humo
blood bleeding sangre sangrando
broken smashed smash smashing roto rota romper rompieron destrozar
window ventana cristal escaparate shutter persiana
door puerta
wall muralla muro pared
bin container contenedor basura papelera rubbish
shop store tienda comercio
jeweller jewellery joyeria
bank banco
cashpoint atm cajero
pharmacy chemist farmacia
school colegio escuela instituto
church iglesia
museum museo
library biblioteca
hospital hospital
market mercado
station estacion
bridge puente
park parque
square plaza
street road calle carretera
beach playa
harbour port puerto
pier muelle
stadium estadio
fountain fuente
bench banco
stairs steps escalera escalon
lift elevator ascensor
shout shouting yelling yell scream screaming gritar gritaba gritando gritos grito
fight fighting pelea pegar pelear
push pushed pushing empujar empujo empujaba empujaban
run running ran correr corriendo corrio
steal stolen stole robbed robar robo robaron
follow following followed seguir siguiendo seguia
cry crying cried llorar llorando lloraba
drunk borracho borracha
sleep sleeping asleep dormir durmiendo
sing singing cantar cantando
throw threw throwing tirar tiro tiraron lanzar lanzo
jump jumped saltar salto
fall fell caer cayo
photo photographing camera camara foto
phone mobile movil telefono
money cash dinero
sweets candy caramelo
flower flores flor
umbrella paraguas
guitar guitarra
drum tambor
ladder escalera
spray paint pintura pintada graffiti grafiti
flag bandera
ball pelota balon
paint pintar
water agua
river rio
sea mar
snow nieve
police policia
ambulance ambulancia
nurse enfermera enfermero
soldier soldado
priest nun cura monja
lost perdido perdida
naked nude desnudo desnuda
wet mojado mojada
two dos
three tres
four cuatro
five cinco
"""

_SMALL_WORDS = """
    the and was were with that this then there they them their from into onto over under near next about
    after before have has had him his her she for not but you your our out off its are who what when where
    just some still like very went came going seen saw see think thought said looked looking someone
    somebody something person people around down along past here same day time morning afternoon evening
    night today yesterday minutes hour hours ago now please one una uno unos unas los las del con que por
    para como muy mas pero esta este estaba estaban habia fue eran era iba iban visto vi vio alguien algo
    persona gente cerca junto hacia desde hasta sobre entre cuando donde luego despues antes hoy ayer noche
    manana tarde hora horas minutos hace creo ser ver sus les nos ese esa eso aqui alli ahi also too got get
    did can could would should been being
    """
_SMALL = frozenset(_SMALL_WORDS.split())
_ENDINGS = re.compile(r"(?:ingly|mente|iendo|ando|aban|aron|ieron|ing|edly|ed|es|s|aba|os|as|o|a|e|y)$")

# In how many of 200 reports of the public one would expect these: so that the first hundred tips are not misread.
USUAL: Mapping[str, int] = {
    "=man": 60, "=woman": 40, "=two": 20, "=car": 20, "=road": 20, "=street": 20, "=black": 20, "=white": 18,
    "=red": 14, "=blue": 14, "=run": 14, "=jacket": 14, "=child": 14, "=old": 12, "=young": 12, "=three": 8,
    "=tall": 8, "=bag": 8, "=shop": 8, "=door": 8, "=shout": 8, "=station": 8, "=train": 8, "=bus": 6, "=van": 8,
    "=hoodie": 8, "=hat": 8, "=green": 8, "=grey": 8, "=square": 8, "=park": 8, "=dog": 6, "=bridge": 6,
}  # fmt: skip


def _table() -> Mapping[str, str]:
    lines = (line.split() for line in _MEANINGS.strip().splitlines())
    return {word: f"={line[0]}" for line in lines for word in line}


MEANING = _table()


def meanings(words: list[str]) -> list[str]:
    """What the words of a folded text mean, without the small ones: a sign for each known meaning, else the stem."""
    found = []
    for word in words:
        if word in _SMALL or len(word) < 3:
            continue
        found.append(MEANING.get(word) or MEANING.get(_singular(word)) or stem(word))
    return found


def stem(word: str) -> str:
    """The word without its ending, if enough is left."""
    cut = _ENDINGS.sub("", word)
    return cut if len(cut) >= 3 else word


def _singular(word: str) -> str:
    if word.endswith("es") and word[:-2] in MEANING:
        return word[:-2]
    return word.removesuffix("s")
