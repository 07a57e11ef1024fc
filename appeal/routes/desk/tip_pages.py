"""All pages about tips, in one table: they link to each other and stand on the desk together."""

from appeal.routes.desk import (
    alarms,
    calls,
    leads,
    map,
    tip_aside,
    tip_bundle,
    tip_dialogue,
    tip_erasing,
    tip_guard,
    tip_readers,
    tip_reasons,
    tip_search,
    tip_skim,
    tip_views,
    tip_work,
    tips,
)

MODULES = (
    alarms,
    calls,
    tips,
    leads,
    map,
    tip_aside,
    tip_bundle,
    tip_dialogue,
    tip_erasing,
    tip_guard,
    tip_readers,
    tip_reasons,
    tip_search,
    tip_skim,
    tip_views,
    tip_work,
)
