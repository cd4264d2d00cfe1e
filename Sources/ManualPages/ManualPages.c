#include "ManualPages.h"

// Written by `PLUMB_UPDATE_GOLDEN=1 swift test --filter ManualIndexTests` from Tests/Golden/index.md.
#pragma clang diagnostic ignored "-Wc23-extensions"

static const unsigned char page0[] = {
#embed "../../Tests/Golden/index.md"
};
static const unsigned char page1[] = {
#embed "../../Tests/Golden/operators/where.test"
};
static const unsigned char page2[] = {
#embed "../../Tests/Golden/operators/project.test"
};
static const unsigned char page3[] = {
#embed "../../Tests/Golden/operators/project-away.test"
};
static const unsigned char page4[] = {
#embed "../../Tests/Golden/operators/project-keep.test"
};
static const unsigned char page5[] = {
#embed "../../Tests/Golden/operators/project-rename.test"
};
static const unsigned char page6[] = {
#embed "../../Tests/Golden/operators/project-reorder.test"
};
static const unsigned char page7[] = {
#embed "../../Tests/Golden/operators/extend.test"
};
static const unsigned char page8[] = {
#embed "../../Tests/Golden/operators/take.test"
};
static const unsigned char page9[] = {
#embed "../../Tests/Golden/operators/top.test"
};
static const unsigned char page10[] = {
#embed "../../Tests/Golden/operators/sort.test"
};
static const unsigned char page11[] = {
#embed "../../Tests/Golden/operators/count.test"
};
static const unsigned char page12[] = {
#embed "../../Tests/Golden/operators/distinct.test"
};
static const unsigned char page13[] = {
#embed "../../Tests/Golden/operators/summarize.test"
};
static const unsigned char page14[] = {
#embed "../../Tests/Golden/operators/top-nested.test"
};
static const unsigned char page15[] = {
#embed "../../Tests/Golden/operators/top-hitters.test"
};
static const unsigned char page16[] = {
#embed "../../Tests/Golden/operators/sample.test"
};
static const unsigned char page17[] = {
#embed "../../Tests/Golden/operators/serialize.test"
};
static const unsigned char page18[] = {
#embed "../../Tests/Golden/operators/union.test"
};
static const unsigned char page19[] = {
#embed "../../Tests/Golden/operators/lookup.test"
};
static const unsigned char page20[] = {
#embed "../../Tests/Golden/operators/parse.test"
};
static const unsigned char page21[] = {
#embed "../../Tests/Golden/operators/parse-kv.test"
};
static const unsigned char page22[] = {
#embed "../../Tests/Golden/operators/mv-expand.test"
};
static const unsigned char page23[] = {
#embed "../../Tests/Golden/operators/mv-apply.test"
};
static const unsigned char page24[] = {
#embed "../../Tests/Golden/operators/make-series.test"
};
static const unsigned char page25[] = {
#embed "../../Tests/Golden/operators/partition.test"
};
static const unsigned char page26[] = {
#embed "../../Tests/Golden/operators/scan.test"
};
static const unsigned char page27[] = {
#embed "../../Tests/Golden/operators/evaluate.test"
};
static const unsigned char page28[] = {
#embed "../../Tests/Golden/operators/patterns.test"
};
static const unsigned char page29[] = {
#embed "../../Tests/Golden/operators/reduce.test"
};
static const unsigned char page30[] = {
#embed "../../Tests/Golden/operators/invoke.test"
};
static const unsigned char page31[] = {
#embed "../../Tests/Golden/operators/getschema.test"
};
static const unsigned char page32[] = {
#embed "../../Tests/Golden/operators/as.test"
};
static const unsigned char page33[] = {
#embed "../../Tests/Golden/operators/render.test"
};
static const unsigned char page34[] = {
#embed "../../Tests/Golden/operators/fork.test"
};
static const unsigned char page35[] = {
#embed "../../Tests/Golden/operators/facet.test"
};
static const unsigned char page36[] = {
#embed "../../Tests/Golden/operators/graphs.test"
};
static const unsigned char page37[] = {
#embed "../../Tests/Golden/operators/users.test"
};
static const unsigned char page38[] = {
#embed "../../Tests/Golden/operators/sequences.test"
};
static const unsigned char page39[] = {
#embed "../../Tests/Golden/operators/others.test"
};
static const unsigned char page40[] = {
#embed "../../Tests/Golden/operators/print.test"
};
static const unsigned char page41[] = {
#embed "../../Tests/Golden/operators/range.test"
};
static const unsigned char page42[] = {
#embed "../../Tests/Golden/operators/datatable.test"
};
static const unsigned char page43[] = {
#embed "../../Tests/Golden/operators/externaldata.test"
};
static const unsigned char page44[] = {
#embed "../../Tests/Golden/operators/find.test"
};
static const unsigned char page45[] = {
#embed "../../Tests/Golden/operators/search.test"
};
static const unsigned char page46[] = {
#embed "../../Tests/Golden/statements/let.test"
};
static const unsigned char page47[] = {
#embed "../../Tests/Golden/statements/set.test"
};
static const unsigned char page48[] = {
#embed "../../Tests/Golden/statements/declare.test"
};
static const unsigned char page49[] = {
#embed "../../Tests/Golden/statements/explain.test"
};
static const unsigned char page50[] = {
#embed "../../Tests/Golden/statements/comments.test"
};
static const unsigned char page51[] = {
#embed "../../Tests/Golden/statements/commands.test"
};
static const unsigned char page52[] = {
#embed "../../Tests/Golden/statements/tables.test"
};
static const unsigned char page53[] = {
#embed "../../Tests/Golden/types/string.test"
};
static const unsigned char page54[] = {
#embed "../../Tests/Golden/types/long.test"
};
static const unsigned char page55[] = {
#embed "../../Tests/Golden/types/int.test"
};
static const unsigned char page56[] = {
#embed "../../Tests/Golden/types/real.test"
};
static const unsigned char page57[] = {
#embed "../../Tests/Golden/types/decimal.test"
};
static const unsigned char page58[] = {
#embed "../../Tests/Golden/types/bool.test"
};
static const unsigned char page59[] = {
#embed "../../Tests/Golden/types/datetime.test"
};
static const unsigned char page60[] = {
#embed "../../Tests/Golden/types/timespan.test"
};
static const unsigned char page61[] = {
#embed "../../Tests/Golden/types/time-zones.test"
};
static const unsigned char page62[] = {
#embed "../../Tests/Golden/types/dynamic.test"
};
static const unsigned char page63[] = {
#embed "../../Tests/Golden/types/guid.test"
};
static const unsigned char page64[] = {
#embed "../../Tests/Golden/expressions/arithmetic.test"
};
static const unsigned char page65[] = {
#embed "../../Tests/Golden/expressions/comparison.test"
};
static const unsigned char page66[] = {
#embed "../../Tests/Golden/expressions/conditions.test"
};
static const unsigned char page67[] = {
#embed "../../Tests/Golden/expressions/strings.test"
};
static const unsigned char page68[] = {
#embed "../../Tests/Golden/expressions/parsing.test"
};
static const unsigned char page69[] = {
#embed "../../Tests/Golden/expressions/encodings.test"
};
static const unsigned char page70[] = {
#embed "../../Tests/Golden/expressions/addresses.test"
};
static const unsigned char page71[] = {
#embed "../../Tests/Golden/expressions/numbers.test"
};
static const unsigned char page72[] = {
#embed "../../Tests/Golden/expressions/times.test"
};
static const unsigned char page73[] = {
#embed "../../Tests/Golden/expressions/arrays.test"
};
static const unsigned char page74[] = {
#embed "../../Tests/Golden/expressions/regular-expressions.test"
};
static const unsigned char page75[] = {
#embed "../../Tests/Golden/expressions/series.test"
};
static const unsigned char page76[] = {
#embed "../../Tests/Golden/expressions/series-analysis.test"
};
static const unsigned char page77[] = {
#embed "../../Tests/Golden/expressions/geography.test"
};
static const unsigned char page78[] = {
#embed "../../Tests/Golden/expressions/user-agents.test"
};
static const unsigned char page79[] = {
#embed "../../Tests/Golden/expressions/nulls.test"
};
static const unsigned char page80[] = {
#embed "../../Tests/Golden/expressions/names.test"
};
static const unsigned char page81[] = {
#embed "../../Tests/Golden/expressions/older-names.test"
};
static const unsigned char page82[] = {
#embed "../../Tests/Golden/expressions/scalars-of-tables.test"
};
static const unsigned char page83[] = {
#embed "../../Tests/Golden/aggregates/counting.test"
};
static const unsigned char page84[] = {
#embed "../../Tests/Golden/aggregates/sums.test"
};
static const unsigned char page85[] = {
#embed "../../Tests/Golden/aggregates/extremes.test"
};
static const unsigned char page86[] = {
#embed "../../Tests/Golden/aggregates/statistics.test"
};
static const unsigned char page87[] = {
#embed "../../Tests/Golden/aggregates/collecting.test"
};
static const unsigned char page88[] = {
#embed "../../Tests/Golden/aggregates/sketches.test"
};
static const unsigned char page89[] = {
#embed "../../Tests/Golden/joins/keys.test"
};
static const unsigned char page90[] = {
#embed "../../Tests/Golden/joins/innerunique.test"
};
static const unsigned char page91[] = {
#embed "../../Tests/Golden/joins/inner.test"
};
static const unsigned char page92[] = {
#embed "../../Tests/Golden/joins/leftouter.test"
};
static const unsigned char page93[] = {
#embed "../../Tests/Golden/joins/rightouter.test"
};
static const unsigned char page94[] = {
#embed "../../Tests/Golden/joins/fullouter.test"
};
static const unsigned char page95[] = {
#embed "../../Tests/Golden/joins/leftsemi.test"
};
static const unsigned char page96[] = {
#embed "../../Tests/Golden/joins/rightsemi.test"
};
static const unsigned char page97[] = {
#embed "../../Tests/Golden/joins/leftanti.test"
};
static const unsigned char page98[] = {
#embed "../../Tests/Golden/joins/rightanti.test"
};
static const unsigned char page99[] = {
#embed "../../Tests/Golden/windows/neighbours.test"
};
static const unsigned char page100[] = {
#embed "../../Tests/Golden/windows/row-number.test"
};
static const unsigned char page101[] = {
#embed "../../Tests/Golden/windows/row-cumsum.test"
};
static const unsigned char page102[] = {
#embed "../../Tests/Golden/windows/row-rank.test"
};
static const unsigned char page103[] = {
#embed "../../Tests/Golden/judgements/words.test"
};
static const unsigned char page104[] = {
#embed "../../Tests/Golden/words/lineage.test"
};
static const unsigned char page105[] = {
#embed "../../Tests/Golden/words/blast.test"
};
static const unsigned char page106[] = {
#embed "../../Tests/Golden/words/names.test"
};
static const unsigned char page107[] = {
#embed "../../Tests/Golden/words/formats.test"
};
static const unsigned char page108[] = {
#embed "../../Tests/Golden/words/expand.test"
};
static const unsigned char page109[] = {
#embed "../../Tests/Golden/words/plans.test"
};
static const unsigned char page110[] = {
#embed "../../Tests/Golden/formats/formats.test"
};
static const unsigned char page111[] = {
#embed "../../Tests/Golden/formats/charts.test"
};
static const unsigned char page112[] = {
#embed "../../Tests/Golden/plans/rules.test"
};
static const unsigned char page113[] = {
#embed "../../Tests/Golden/errors/syntax.test"
};
static const unsigned char page114[] = {
#embed "../../Tests/Golden/errors/names.test"
};
static const unsigned char page115[] = {
#embed "../../Tests/Golden/errors/types.test"
};
static const unsigned char page116[] = {
#embed "../../Tests/Golden/errors/data.test"
};
static const unsigned char page117[] = {
#embed "../../Tests/Golden/errors/unsupported.test"
};
static const unsigned char page118[] = {
#embed "../../Tests/Golden/errors/foreign.test"
};
static const unsigned char page119[] = {
#embed "../../Tests/Golden/errors/foreign-operands.test"
};
static const unsigned char page120[] = {
#embed "../../Tests/Golden/errors/to-improve.test"
};
static const unsigned char page121[] = {
#embed "../../Tests/Golden/files.md"
};
static const unsigned char page122[] = {
#embed "../../Tests/Golden/importing.md"
};
static const unsigned char page123[] = {
#embed "../../Tests/Golden/bring-your-own.md"
};
static const unsigned char page124[] = {
#embed "../../Tests/Golden/parquet.md"
};
static const unsigned char page125[] = {
#embed "../../Tests/Golden/serving.md"
};
static const unsigned char page126[] = {
#embed "../../Tests/Golden/remote.md"
};
static const unsigned char page127[] = {
#embed "../../Tests/Golden/agents.md"
};
static const unsigned char page128[] = {
#embed "../../Tests/Golden/alerts.md"
};
static const unsigned char page129[] = {
#embed "../../Tests/Golden/cases.md"
};
static const unsigned char page130[] = {
#embed "../../Tests/Golden/promises.md"
};

static const PlumbManualPage pages[] = {
    {"index.md", page0, sizeof page0},
    {"operators/where.test", page1, sizeof page1},
    {"operators/project.test", page2, sizeof page2},
    {"operators/project-away.test", page3, sizeof page3},
    {"operators/project-keep.test", page4, sizeof page4},
    {"operators/project-rename.test", page5, sizeof page5},
    {"operators/project-reorder.test", page6, sizeof page6},
    {"operators/extend.test", page7, sizeof page7},
    {"operators/take.test", page8, sizeof page8},
    {"operators/top.test", page9, sizeof page9},
    {"operators/sort.test", page10, sizeof page10},
    {"operators/count.test", page11, sizeof page11},
    {"operators/distinct.test", page12, sizeof page12},
    {"operators/summarize.test", page13, sizeof page13},
    {"operators/top-nested.test", page14, sizeof page14},
    {"operators/top-hitters.test", page15, sizeof page15},
    {"operators/sample.test", page16, sizeof page16},
    {"operators/serialize.test", page17, sizeof page17},
    {"operators/union.test", page18, sizeof page18},
    {"operators/lookup.test", page19, sizeof page19},
    {"operators/parse.test", page20, sizeof page20},
    {"operators/parse-kv.test", page21, sizeof page21},
    {"operators/mv-expand.test", page22, sizeof page22},
    {"operators/mv-apply.test", page23, sizeof page23},
    {"operators/make-series.test", page24, sizeof page24},
    {"operators/partition.test", page25, sizeof page25},
    {"operators/scan.test", page26, sizeof page26},
    {"operators/evaluate.test", page27, sizeof page27},
    {"operators/patterns.test", page28, sizeof page28},
    {"operators/reduce.test", page29, sizeof page29},
    {"operators/invoke.test", page30, sizeof page30},
    {"operators/getschema.test", page31, sizeof page31},
    {"operators/as.test", page32, sizeof page32},
    {"operators/render.test", page33, sizeof page33},
    {"operators/fork.test", page34, sizeof page34},
    {"operators/facet.test", page35, sizeof page35},
    {"operators/graphs.test", page36, sizeof page36},
    {"operators/users.test", page37, sizeof page37},
    {"operators/sequences.test", page38, sizeof page38},
    {"operators/others.test", page39, sizeof page39},
    {"operators/print.test", page40, sizeof page40},
    {"operators/range.test", page41, sizeof page41},
    {"operators/datatable.test", page42, sizeof page42},
    {"operators/externaldata.test", page43, sizeof page43},
    {"operators/find.test", page44, sizeof page44},
    {"operators/search.test", page45, sizeof page45},
    {"statements/let.test", page46, sizeof page46},
    {"statements/set.test", page47, sizeof page47},
    {"statements/declare.test", page48, sizeof page48},
    {"statements/explain.test", page49, sizeof page49},
    {"statements/comments.test", page50, sizeof page50},
    {"statements/commands.test", page51, sizeof page51},
    {"statements/tables.test", page52, sizeof page52},
    {"types/string.test", page53, sizeof page53},
    {"types/long.test", page54, sizeof page54},
    {"types/int.test", page55, sizeof page55},
    {"types/real.test", page56, sizeof page56},
    {"types/decimal.test", page57, sizeof page57},
    {"types/bool.test", page58, sizeof page58},
    {"types/datetime.test", page59, sizeof page59},
    {"types/timespan.test", page60, sizeof page60},
    {"types/time-zones.test", page61, sizeof page61},
    {"types/dynamic.test", page62, sizeof page62},
    {"types/guid.test", page63, sizeof page63},
    {"expressions/arithmetic.test", page64, sizeof page64},
    {"expressions/comparison.test", page65, sizeof page65},
    {"expressions/conditions.test", page66, sizeof page66},
    {"expressions/strings.test", page67, sizeof page67},
    {"expressions/parsing.test", page68, sizeof page68},
    {"expressions/encodings.test", page69, sizeof page69},
    {"expressions/addresses.test", page70, sizeof page70},
    {"expressions/numbers.test", page71, sizeof page71},
    {"expressions/times.test", page72, sizeof page72},
    {"expressions/arrays.test", page73, sizeof page73},
    {"expressions/regular-expressions.test", page74, sizeof page74},
    {"expressions/series.test", page75, sizeof page75},
    {"expressions/series-analysis.test", page76, sizeof page76},
    {"expressions/geography.test", page77, sizeof page77},
    {"expressions/user-agents.test", page78, sizeof page78},
    {"expressions/nulls.test", page79, sizeof page79},
    {"expressions/names.test", page80, sizeof page80},
    {"expressions/older-names.test", page81, sizeof page81},
    {"expressions/scalars-of-tables.test", page82, sizeof page82},
    {"aggregates/counting.test", page83, sizeof page83},
    {"aggregates/sums.test", page84, sizeof page84},
    {"aggregates/extremes.test", page85, sizeof page85},
    {"aggregates/statistics.test", page86, sizeof page86},
    {"aggregates/collecting.test", page87, sizeof page87},
    {"aggregates/sketches.test", page88, sizeof page88},
    {"joins/keys.test", page89, sizeof page89},
    {"joins/innerunique.test", page90, sizeof page90},
    {"joins/inner.test", page91, sizeof page91},
    {"joins/leftouter.test", page92, sizeof page92},
    {"joins/rightouter.test", page93, sizeof page93},
    {"joins/fullouter.test", page94, sizeof page94},
    {"joins/leftsemi.test", page95, sizeof page95},
    {"joins/rightsemi.test", page96, sizeof page96},
    {"joins/leftanti.test", page97, sizeof page97},
    {"joins/rightanti.test", page98, sizeof page98},
    {"windows/neighbours.test", page99, sizeof page99},
    {"windows/row-number.test", page100, sizeof page100},
    {"windows/row-cumsum.test", page101, sizeof page101},
    {"windows/row-rank.test", page102, sizeof page102},
    {"judgements/words.test", page103, sizeof page103},
    {"words/lineage.test", page104, sizeof page104},
    {"words/blast.test", page105, sizeof page105},
    {"words/names.test", page106, sizeof page106},
    {"words/formats.test", page107, sizeof page107},
    {"words/expand.test", page108, sizeof page108},
    {"words/plans.test", page109, sizeof page109},
    {"formats/formats.test", page110, sizeof page110},
    {"formats/charts.test", page111, sizeof page111},
    {"plans/rules.test", page112, sizeof page112},
    {"errors/syntax.test", page113, sizeof page113},
    {"errors/names.test", page114, sizeof page114},
    {"errors/types.test", page115, sizeof page115},
    {"errors/data.test", page116, sizeof page116},
    {"errors/unsupported.test", page117, sizeof page117},
    {"errors/foreign.test", page118, sizeof page118},
    {"errors/foreign-operands.test", page119, sizeof page119},
    {"errors/to-improve.test", page120, sizeof page120},
    {"files.md", page121, sizeof page121},
    {"importing.md", page122, sizeof page122},
    {"bring-your-own.md", page123, sizeof page123},
    {"parquet.md", page124, sizeof page124},
    {"serving.md", page125, sizeof page125},
    {"remote.md", page126, sizeof page126},
    {"agents.md", page127, sizeof page127},
    {"alerts.md", page128, sizeof page128},
    {"cases.md", page129, sizeof page129},
    {"promises.md", page130, sizeof page130},
};

size_t plumb_manual_page_count(void) { return sizeof pages / sizeof pages[0]; }

PlumbManualPage plumb_manual_page(size_t index) { return pages[index]; }
