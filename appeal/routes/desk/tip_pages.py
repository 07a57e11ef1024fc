"""All pages about tips, in one table: they link to each other and stand on the desk together."""

from appeal.routes.desk import (
    leads,
    map,
    tip_aside,
    tip_bundle,
    tip_erasing,
    tip_search,
    tip_skim,
    tip_views,
    tip_work,
    tips,
)

MODULES = (tips, tip_search, tip_skim, tip_views, leads, map, tip_bundle, tip_work, tip_erasing, tip_aside)
