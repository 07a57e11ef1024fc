"""All pages about tips, in one table: they link to each other and stand on the desk together."""

from appeal.routes.desk import tip_search, tips

MODULES = (tips, tip_search)
