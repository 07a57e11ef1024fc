"""All pages about tips, in one table: they link to each other and stand on the desk together."""

from appeal.routes.desk import leads, tip_search, tip_skim, tip_views, tips

MODULES = (tips, tip_search, tip_skim, tip_views, leads)
