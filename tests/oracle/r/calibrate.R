# What R says of calibrated weights: `Rscript calibrate.R > calibrate.json`. Data: apistrat, apiclus1, apiclus2 and the totals of apipop, of the package survey (public
# domain), and invented rows. Each case has its `calibration` as a plan writes it.
suppressPackageStartupMessages(library(survey))
options(survey.lonely.psu = "fail")
text <- function(x) if (is.character(x) || is.factor(x)) paste0('"', x, '"') else ifelse(is.na(x), "null", sprintf("%.17g", x))
array <- function(x) paste0("[", paste(x, collapse = ", "), "]")
object <- function(...) { x <- list(...); x <- x[!sapply(x, is.null)]; paste0("{", paste(sprintf('"%s": %s', names(x), unlist(x)), collapse = ", "), "}") }
columns <- function(frame) paste0("{", paste(sprintf('"%s": %s', names(frame), sapply(frame, function(x) array(text(x)))), collapse = ", "), "}")
data(api)

# to: margins, each the names of its dimensions; numbers: names of columns; known: the rows of the population, with weights
totals_of <- function(margins, numbers, known, weight = rep(1, nrow(known)), round = FALSE) {
  list(margins = lapply(margins, function(by) aggregate(list(total = weight), known[by], sum)), numbers = sapply(numbers, function(n) sum(weight * known[[n]])))
}
plan_of <- function(to, method, bounds) object(
  method = text(method), bounds = if (!is.null(bounds)) object(lower = text(bounds[1]), upper = text(bounds[2])),
  margins = if (length(to$margins)) array(sapply(to$margins, function(m) { by <- setdiff(names(m), "total")
    object(by = array(text(by)), totals = array(sapply(seq_len(nrow(m)), function(i) object(codes = array(text(sapply(m[i, by, drop = FALSE], as.character))), total = text(m$total[i]))))) })),
  numbers = if (length(to$numbers)) array(sapply(names(to$numbers), function(n) object(column = text(n), total = text(unname(to$numbers[n]))))))
# the columns of the plan themselves; of margins after the first the last category follows from the others
calibrated <- function(design, to, method, bounds) {
  v <- design$variables; x <- list(); total <- c()
  for (k in seq_along(to$margins)) {
    m <- to$margins[[k]]; by <- setdiff(names(m), "total")
    for (i in seq_len(nrow(m) - (k > 1))) {
      x[[length(x) + 1]] <- as.numeric(Reduce(`&`, lapply(by, function(b) as.character(v[[b]]) == as.character(m[[b]][i])))); total <- c(total, m$total[i])
    }
  }
  for (n in names(to$numbers)) { x[[length(x) + 1]] <- v[[n]]; total <- c(total, unname(to$numbers[n])) }
  names(x) <- names(total) <- paste0("cal", seq_along(x))
  for (n in names(x)) design$variables[[n]] <- x[[n]]
  arguments <- list(design, as.formula(paste("~", paste(names(x), collapse = "+"), "- 1")), total, calfun = method, epsilon = 1e-12, maxit = 500)
  if (!is.null(bounds)) arguments$bounds <- bounds
  if (inherits(design, "svyrep.design")) arguments$compress <- FALSE
  do.call(calibrate, arguments)
}

one <- function(made, value = NULL) {
  e <- attr(made, "deff")
  object(value = text(as.numeric(coef(made))), se = text(as.numeric(SE(made))), deff = if (length(e) == 1 && is.finite(e)) text(as.numeric(e)))
}
# groups with their covariances, from totals of what is 0 outside the group: svyby with covmat takes no calibrated design (its influences are those of all rows)
by_groups <- function(d, stat, v, g, replicates) {
  codes <- sort(unique(as.character(na.omit(d$variables[[g]]))))
  if (replicates) {
    made <- svyby(as.formula(paste0("~", v)), as.formula(paste0("~", g)), d, if (stat == "mean") svymean else svytotal, na.rm = TRUE, covmat = TRUE)
    stopifnot(identical(as.character(made[[1]]), codes))
  } else {
    value <- d$variables[[v]]
    for (k in seq_along(codes)) {
      inside <- as.numeric(d$variables[[g]] == codes[k] & !is.na(d$variables[[g]])); inside[is.na(value)] <- 0
      d$variables[[paste0("top", k)]] <- ifelse(inside == 1, value, 0); d$variables[[paste0("size", k)]] <- inside
    }
    k <- seq_along(codes)
    totals <- svytotal(as.formula(paste0("~", paste(c(paste0("top", k), paste0("size", k)), collapse = "+"))), d)
    made <- svycontrast(totals, setNames(lapply(k, function(k) parse(text = paste0("top", k, if (stat == "mean") paste0("/size", k) else " * 1"))[[1]]), paste0("of", k)))
  }
  object(codes = array(text(codes)), values = array(text(as.numeric(coef(made)))), covariance = array(apply(matrix(vcov(made), length(codes)), 1, function(x) array(text(as.numeric(x))))))
}
# y: a number, x: another, z: a share (0 and 1), g: groups
figures <- function(d, y, x, z, g, replicates = FALSE, quantile = TRUE) {
  of <- function(...) as.formula(paste0("~", paste(c(...), collapse = "+")))
  level <- sort(unique(as.character(na.omit(d$variables[[g]]))))[1]
  d$variables$in_group <- as.character(d$variables[[g]]) == level
  part <- subset(d, in_group)
  effect <- !replicates
  inside <- function(p) object(total = one(svytotal(of(y), p, na.rm = TRUE, deff = effect)), mean = one(svymean(of(y), p, na.rm = TRUE, deff = effect)),
    ratio = one(svyratio(of(y), of(x), p, na.rm = TRUE)), share = one(svymean(of(z), p, deff = effect)))
  # of those with a value
  df <- if (replicates) degf(d) else degf(d[!is.na(d$variables[[y]]), ])
  q <- if (quantile) svyquantile(of(y), d, c(0.3), na.rm = TRUE, qrule = "math", interval.type = if (replicates) "quantile" else "mean", df = df)[[1]]
  pair <- function(stat, v) by_groups(d, stat, v, g, replicates)
  test <- svychisq(of(z, g), d)
  ends <- function(x) array(text(as.numeric(x)))
  object(population = text(sum(weights(d, if (replicates) "sampling" else NULL))), df = text(df), df_share = text(degf(d)), all = inside(d), domain = object(code = text(level), figures = inside(part)),
    mean_interval = ends(confint(svymean(of(y), d, na.rm = TRUE), df = df)), share_interval = if (!replicates) ends(attr(svyciprop(of(z), d, method = "xlogit", df = degf(d)), "ci")),
    quantile = if (quantile) object(value = text(q[1, 1]), se = text(q[1, 4]), interval = if (!replicates) array(text(c(q[1, 2], q[1, 3])))),
    mean_groups = pair("mean", y), share_groups = pair("mean", z), total_groups = pair("total", y),
    alike = object(f = text(unname(test$statistic)), df = text(unname(test$parameter[1])), denominator_df = text(unname(test$parameter[2])), p = text(as.numeric(test$p.value))))
}
METHODS <- list(linear = list("linear", NULL), raking = list("raking", NULL), logit = list("logit", c(0.4, 2.5)), bounded = list("linear", c(0.6, 1.7)))
cases <- list()
case <- function(data, name, design, to, method, bounds = METHODS[[method]][[2]], ...) {
  d <- calibrated(design, to, METHODS[[method]][[1]], bounds)
  cases[[length(cases) + 1]] <<- object(data = text(data), name = text(paste(data, method, name, sep = "-")), calibration = plan_of(to, METHODS[[method]][[1]], bounds), figures = figures(d, ...))
}

apistrat$poor <- as.numeric(apistrat$meals > 50); apiclus1$poor <- as.numeric(apiclus1$meals > 50); apiclus2$poor <- as.numeric(apiclus2$meals > 50)
strat <- svydesign(id = ~1, strata = ~stype, weights = ~pw, fpc = ~fpc, data = apistrat)
clus1 <- svydesign(id = ~dnum, weights = ~pw, fpc = ~fpc, data = apiclus1)
clus2 <- svydesign(id = ~dnum + snum, fpc = ~fpc1 + fpc2, data = apiclus2)
apiclus2$w <- weights(clus2)
clus2 <- svydesign(id = ~dnum + snum, fpc = ~fpc1 + fpc2, data = apiclus2)
type <- totals_of(list("stype"), c(), apipop)
both <- totals_of(list("stype", "sch.wide"), c(), apipop)
crossed <- totals_of(list(c("stype", "sch.wide")), c(), apipop)
number <- totals_of(list("stype"), "api99", apipop)
all <- totals_of(list("stype", "sch.wide"), "api99", apipop)
alone <- totals_of(list(), "api99", apipop)
api <- function(...) case(..., y = "api00", x = "api99", z = "poor", g = "comp.imp")
api("apistrat", "both", strat, both, "linear"); api("apistrat", "both", strat, both, "raking"); api("apistrat", "crossed", strat, crossed, "logit"); api("apistrat", "all", strat, all, "bounded", c(0.97, 1.03))
api("apiclus1", "type", clus1, type, "linear"); api("apiclus1", "number", clus1, number, "linear"); api("apiclus1", "both", clus1, both, "raking"); api("apiclus1", "number", clus1, number, "raking")
api("apiclus1", "both", clus1, both, "logit", c(0.5, 2)); api("apiclus1", "all", clus1, all, "bounded", c(0.6, 1.6)); api("apiclus1", "alone", clus1, alone, "linear")
api("apiclus2", "number", clus2, number, "linear"); api("apiclus2", "both", clus2, both, "raking"); api("apiclus2", "number", clus2, number, "logit", c(0.4, 3)); api("apiclus2", "all", clus2, all, "bounded", c(0.45, 2.2))
# post-stratification is the linear case of one margin
same <- function(a, b) stopifnot(isTRUE(all.equal(a, b, tolerance = 1e-10)))
for (d in list(strat, clus1, clus2)) {
  post <- postStratify(d, ~stype, setNames(as.data.frame(table(apipop$stype)), c("stype", "Freq"))); linear <- calibrated(d, type, "linear", NULL)
  for (f in list(svytotal, svymean)) { same(as.numeric(SE(f(~api00, post))), as.numeric(SE(f(~api00, linear)))); same(as.numeric(coef(f(~api00, post))), as.numeric(coef(f(~api00, linear)))) }
}

# invented rows: three strata of units, a missing y now and then
n <- 48; k <- seq_len(n) - 1
rows <- data.frame(h = paste0("h", k %/% 16), i = paste0("i", (k %/% 4) %% 4), w = 10 + (k * 7) %% 9 + 4 * (k %/% 16), s = c("f", "m")[1 + ((k * 5) %/% 3) %% 2], r = c("east", "west", "north")[1 + (k * k + k %/% 5) %% 3],
  x = 5 + (k * 11) %% 17, z = as.numeric((k * k) %% 7 < 3), g = c("a", "b")[1 + ((k * 3) %/% 4) %% 2], N = c(9, 12, 15)[1 + k %/% 16])
rows$y <- ifelse(k %% 13 == 5, NA, 20 + (k * k * 3) %% 23 + 2 * rows$x + 6 * (rows$s == "f"))
grown <- function(to) { set <- function(m, f) { m$total <- round(m$total * f[seq_len(nrow(m))]); m }
  to$margins <- lapply(to$margins, set, c(1.15, 1.05, 1.3, 1.02, 1.1, 1.2)); size <- sum(to$margins[[1]]$total)
  to$margins <- lapply(to$margins, function(m) { m$total[1] <- m$total[1] + size - sum(m$total); m }); if (length(to$numbers)) to$numbers <- round(to$numbers * 1.12); to }
known <- function(margins, numbers = c()) grown(totals_of(margins, numbers, rows, rows$w))
inv <- function(...) case(..., y = "y", x = "x", z = "z", g = "g")
stratified <- svydesign(id = ~i, strata = ~h, weights = ~w, data = rows, nest = TRUE)
corrected <- svydesign(id = ~i, strata = ~h, weights = ~w, fpc = ~N, data = rows, nest = TRUE)
plain <- svydesign(id = ~1, weights = ~w, data = rows)
for (m in names(METHODS)) { inv("units", "two", stratified, known(list("s", "r")), m); inv("rows", "crossed", plain, known(list(c("s", "r"))), m) }
inv("units", "number", stratified, known(list("s"), "x"), "bounded", bounds = c(0.99, 1.19))
inv("units-fpc", "number", corrected, known(list("s"), "x"), "linear"); inv("units-fpc", "all", corrected, known(list("r", "s"), "x"), "raking"); inv("units-fpc", "number", corrected, known(list("s"), "x"), "logit"); inv("units-fpc", "all", corrected, known(list("h", "s"), "x"), "bounded", bounds = c(0.75, 1.6))
# a jackknife of the units: factors of the weights, those of the rest of the stratum raised
jk <- as.svrepdesign(stratified, type = "JKn")
factors <- as.data.frame(as.matrix(jk$repweights)); names(factors) <- paste0("f", seq_along(factors)); stopifnot(!jk$combined.weights)
rep_d <- svrepdesign(data = rows, weights = ~w, repweights = factors, type = "JKn", combined.weights = FALSE, scale = 1, rscales = jk$rscales, mse = TRUE)
boot <- sapply(1:8, function(b) 8 + ((k * (2 * b + 3)) %% 11) + rows$w / 2); colnames(boot) <- paste0("b", 1:8)
rep_b <- svrepdesign(data = rows, weights = ~w, repweights = boot, type = "bootstrap", combined.weights = TRUE, mse = FALSE)
for (m in c("linear", "raking")) { inv("jackknife", "two", rep_d, known(list("s", "r")), m, replicates = TRUE, quantile = FALSE); inv("bootstrap", "number", rep_b, known(list("s"), "x"), m, replicates = TRUE) }
inv("jackknife", "number", rep_d, known(list("s"), "x"), "logit", replicates = TRUE, quantile = FALSE, bounds = c(0.2, 3)); inv("bootstrap", "two", rep_b, known(list("s", "r")), "bounded", replicates = TRUE, bounds = c(0.7, 1.5))
# one unit alone in its stratum
most <- rows[rows$h != "h2" | rows$i == "i1", ]
alone <- svydesign(id = ~i, strata = ~h, weights = ~w, fpc = ~N, data = most, nest = TRUE)
for (rule in c("certainty", "adjust", "average")) {
  options(survey.lonely.psu = rule)
  case(paste0("lonely-", rule), "one", alone, grown(totals_of(list("s"), c(), most, most$w)), "linear", y = "y", x = "x", z = "z", g = "g")
}

cat(object(
  columns = object(apistrat = columns(apistrat[c("stype", "pw", "fpc", "api00", "api99", "poor", "sch.wide", "comp.imp")]),
    apiclus1 = columns(apiclus1[c("dnum", "pw", "fpc", "stype", "api00", "api99", "poor", "sch.wide", "comp.imp")]),
    apiclus2 = columns(apiclus2[c("dnum", "snum", "fpc1", "fpc2", "w", "stype", "api00", "api99", "poor", "sch.wide", "comp.imp")]),
    rows = columns(rows), factors = columns(factors), boot = columns(as.data.frame(boot))),
  rscales = array(text(jk$rscales)), df = text(degf(rep_d)), cases = paste0("[\n", paste(unlist(cases), collapse = ",\n"), "\n]")), "\n", sep = "")
