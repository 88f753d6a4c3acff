# What R says of generated designs: `Rscript survey.R FOLDER`. FOLDER/designs.csv lists them; FOLDER/<design>.csv has the rows.
# Writes FOLDER/expected.csv: design, statistic, group, what, value; and FOLDER/gaps.csv: design, statistic, what, value, se, of the three groups
# together with the covariances of their estimates. Needs the packages survey and laeken.
suppressPackageStartupMessages({ library(survey); library(laeken) })
folder <- commandArgs(trailingOnly = TRUE)[1]
designs <- read.csv(file.path(folder, "designs.csv"), colClasses = "character")
out <- list()
add <- function(design, statistic, group, what, value) {
  if (length(value) == 1 && is.finite(value)) {
    out[[length(out) + 1]] <<- data.frame(design = design, statistic = statistic, group = group, what = what, value = sprintf("%.17g", value))
  }
}
gaps <- list()
left_out <- 0
# shares of the population are taken as known, and so are ranks, ends and sides of the mean
gaps_of <- function(design, statistic, b, size) {
  h <- coef(b)
  if (length(h) < 3 || any(!is.finite(h)) || any(!is.finite(vcov(b)))) return(invisible())
  groups <- names(h)
  # names of groups must not be those of functions
  k <- names(h) <- paste0("of_", groups)
  b <- structure(h, var = matrix(vcov(b), 3, dimnames = list(k, k)), statistic = statistic, class = "svystat")
  put <- function(what, contrast) {
    made <- svycontrast(b, contrast)
    gaps[[length(gaps) + 1]] <<- data.frame(design = design, statistic = statistic, what = what, value = sprintf("%.17g", as.numeric(coef(made))), se = sprintf("%.17g", as.numeric(SE(made))))
  }
  p <- size / sum(size)
  line <- function(c) list(setNames(as.numeric(c), k))
  call_of <- function(...) parse(text = paste0(...))[[1]]
  each <- function(...) paste0("(", paste(sprintf(...), collapse = "+"), ")")
  mean <- each("%.17g*%s", p, k)
  at <- sum(p * h)
  high <- which.max(h); low <- which.min(h)
  one <- function(i) as.numeric(seq_along(h) == i)
  put("mean", line(p))
  put("difference", line(one(high) - one(low)))
  put("population_attributable_risk", line(one(high) - p))
  rank <- cumsum(p) - p / 2
  index <- p * (2 * rank - 1)
  slope <- p * (rank - 0.5) / sum(p * (rank - 0.5)^2)
  side <- sign(h - at)
  put("absolute_concentration_index", line(index))
  put("slope_index", line(slope))
  put("mean_difference_from_mean", line(p * side - sum(p * side) * p))
  put("mean_difference_from_mean_unweighted", line(side / 3 - sum(side / 3) * p))
  put("between_group_variance", call_of(each("%.17g*(%s-%s)^2", p, k, mean)))
  put("between_group_standard_deviation", call_of("sqrt", each("%.17g*(%s-%s)^2", p, k, mean)))
  for (i in seq_along(h)) {
    put(paste0("average:", groups[i]), line(one(i) - p))
    if (i != 2) put(paste0("reference:", groups[i]), line(one(i) - one(2)))
  }
  put("best", line(one(low) - one(high)))
  away <- h[-1] - h[1]
  v <- (diag(3)[-1, ] - rep(1, 2) %o% c(1, 0, 0)) %*% vcov(b) %*% t(diag(3)[-1, ] - rep(1, 2) %o% c(1, 0, 0))
  if (rcond(v) > 1e-6) gaps[[length(gaps) + 1]] <<- data.frame(design = design, statistic = statistic, what = "chi_squared", value = sprintf("%.17g", as.numeric(t(away) %*% solve(v, away))), se = "NA")
  if (any(h <= 0)) return(invisible())
  put("ratio", call_of(k[high], "/", k[low]))
  put("parity_index", call_of(k[1], "/", k[2]))
  put("population_attributable_fraction", call_of("(", k[high], "-", mean, ")/", mean))
  put("relative_concentration_index", call_of(each("%.17g*%s", index, k), "/", mean))
  base <- paste0("(", mean, "-", each("%.17g*%s", slope / 2, k), ")")
  if (at - sum(slope * h) / 2 > 0) put("relative_index", call_of("(", base, "+", each("%.17g*%s", slope, k), ")/", base))
  put("index_of_disparity", call_of("100*", each("%.17g*(%s-%s)", p * side, k, mean), "/", mean))
  put("index_of_disparity_unweighted", call_of("100*", each("%.17g*(%s-%s)", side / 3, k, mean), "/", mean))
  put("mean_log_deviation", call_of(each("%.17g*log(%s/%s)", p, mean, k)))
  put("theil", call_of(each("%.17g*(%s/%s)*log(%s/%s)", p, k, mean, k, mean)))
  even <- paste0("exp", each("%.17g*log(%s)", p, k))
  put("equality_adjusted_mean", call_of(even))
  put("atkinson", call_of("1-", even, "/", mean))
}

formula_of <- function(text) if (text == "") NULL else as.formula(text)

for (k in seq_len(nrow(designs))) {
  spec <- designs[k, ]
  data <- read.csv(file.path(folder, paste0(spec$design, ".csv")), stringsAsFactors = FALSE)
  data$row <- seq_len(nrow(data))
  options(survey.lonely.psu = spec$lonely)
  if (spec$type == "") {
    design <- svydesign(ids = formula_of(spec$ids), strata = formula_of(spec$strata), fpc = formula_of(spec$fpc), weights = ~w, data = data, nest = TRUE)
  } else {
    columns <- grep("^r[0-9]+$", names(data))
    arguments <- list(data = data, weights = ~w, repweights = data[, columns], type = spec$type, combined.weights = spec$combined == "yes", mse = spec$mse == "yes")
    if (spec$type == "Fay") arguments$rho <- as.numeric(spec$rho)
    if (spec$type == "JK1") arguments$scale <- as.numeric(spec$scale)
    if (spec$type == "JKn") { arguments$rscales <- as.numeric(strsplit(spec$rscales, " ")[[1]]); arguments$scale <- 1 }
    design <- suppressWarnings(do.call(svrepdesign, arguments))
  }
  # the groups together
  data$yes <- as.numeric(!is.na(data$y)); data$y0 <- ifelse(is.na(data$y), 0, data$y)
  known <- tapply(data$w * data$yes, data$g, sum); everybody <- tapply(data$w, data$g, sum)
  if (all(c("a", "b", "c") %in% names(known)) && all(known > 0)) {
    if (spec$type == "") {
      for (g in c("a", "b", "c")) {
        inside <- as.numeric(data$g == g)
        parts <- list(y = data$y0 * inside, n = data$yes * inside, x = data$x * data$yes * inside, z = data$z * inside, m = inside)
        for (name in names(parts)) design$variables[[paste0(name, g)]] <- parts[[name]]
      }
      totals <- svytotal(as.formula(paste("~", paste(outer(c("y", "n", "x", "z", "m"), c("a", "b", "c"), paste0), collapse = "+"))), design)
      of <- function(text) svycontrast(totals, sapply(c(a = "a", b = "b", c = "c"), function(g) parse(text = gsub("_", g, text))[[1]]))
      alone <- sapply(c("a", "b", "c"), function(g) SE(svytotal(~y, design[data$g == g, ], na.rm = TRUE)))
      # the mean of other strata stands in for a lonely one: of those with people of the group there, of all of them here
      if (isTRUE(all.equal(as.numeric(alone), as.numeric(SE(of("y_"))), tolerance = 1e-9))) {
        gaps_of(spec$design, "mean", of("y_/n_"), known)
        gaps_of(spec$design, "total", of("y_*1"), known)
        gaps_of(spec$design, "ratio", of("y_/x_"), known)
        gaps_of(spec$design, "share", of("z_/m_"), everybody)
      } else if (spec$lonely == "average") {
        left_out <- left_out + 1
      } else {
        stop("errors of groups differ: ", spec$design)
      }
    } else {
      gaps_of(spec$design, "mean", svyby(~y, ~g, design, svymean, na.rm = TRUE, covmat = TRUE), known)
      gaps_of(spec$design, "total", svyby(~y, ~g, design, svytotal, na.rm = TRUE, covmat = TRUE), known)
      gaps_of(spec$design, "share", svyby(~z, ~g, design, svymean, covmat = TRUE), everybody)
    }
  }
  for (group in c("all", "a", "b", "c")) {
    part <- if (group == "all") design else subset(design, g == group)
    if (nrow(part) < 2) next
    both <- function(statistic, made) {
      add(spec$design, statistic, group, "value", as.numeric(coef(made)))
      add(spec$design, statistic, group, "se", as.numeric(SE(made)))
    }
    has_deff <- spec$type == ""
    t_interval <- function(statistic, made) {
      df <- if (has_deff) degf(subset(part, !is.na(y))) else length(columns) - 1
      if (df > 0) {
        ends <- confint(made, df = df)
        add(spec$design, statistic, group, "lower", ends[1, 1])
        add(spec$design, statistic, group, "upper", ends[1, 2])
      }
      add(spec$design, statistic, group, "cv", as.numeric(suppressWarnings(cv(made))))
    }
    mean <- suppressWarnings(svymean(~y, part, na.rm = TRUE, deff = has_deff))
    both("mean", mean)
    t_interval("mean", mean)
    total <- suppressWarnings(svytotal(~y, part, na.rm = TRUE, deff = has_deff))
    both("total", total)
    t_interval("total", total)
    share <- suppressWarnings(svymean(~z, part, deff = has_deff))
    both("share", share)
    if (has_deff) {
      add(spec$design, "mean", group, "deff", as.numeric(deff(mean)))
      add(spec$design, "total", group, "deff", as.numeric(deff(total)))
      add(spec$design, "share", group, "deff", as.numeric(deff(share)))
    }
    both("ratio", svyratio(~y, ~x, part, na.rm = TRUE))
    rate <- svyratio(~z, ~x, part)
    add(spec$design, "rate", group, "value", 100000 * as.numeric(coef(rate)))
    add(spec$design, "rate", group, "se", 100000 * as.numeric(SE(rate)))
    if (spec$type == "") {
      add(spec$design, "share", group, "df", degf(part))
      if (degf(part) > 0) {
        for (rule in c("xlogit", "beta")) {
          made <- tryCatch(suppressWarnings(svyciprop(~z, part, method = rule)), error = function(e) NULL)
          share <- as.numeric(coef(svymean(~z, part)))
          if (!is.null(made) && share > 0 && share < 1) {
            add(spec$design, "share", group, paste0(rule, ".lower"), as.numeric(attr(made, "ci"))[1])
            add(spec$design, "share", group, paste0(rule, ".upper"), as.numeric(attr(made, "ci"))[2])
          }
        }
        made <- tryCatch(suppressWarnings(svyciprop(~z, part, method = "mean")), error = function(e) NULL)
        if (!is.null(made)) {
          add(spec$design, "share", group, "student.lower", as.numeric(attr(made, "ci"))[1])
          add(spec$design, "share", group, "student.upper", as.numeric(attr(made, "ci"))[2])
        }
        for (quantile in c("median", "q30")) {
          q <- tryCatch(suppressWarnings(svyquantile(~v, part, c(median = 0.5, q30 = 0.3)[[quantile]], qrule = "math", interval.type = "mean"))[[1]], error = function(e) NULL)
          if (!is.null(q)) {
            add(spec$design, quantile, group, "value", q[1, 1])
            add(spec$design, quantile, group, "se", q[1, 4])
            add(spec$design, quantile, group, "lower", q[1, 2])
            add(spec$design, quantile, group, "upper", q[1, 3])
          }
        }
      }
    } else {
      for (quantile in c("median", "q30")) {
        q <- tryCatch(suppressWarnings(svyquantile(~v, part, c(median = 0.5, q30 = 0.3)[[quantile]], qrule = "math", interval.type = "quantile"))[[1]], error = function(e) NULL)
        if (!is.null(q)) {
          add(spec$design, quantile, group, "value", q[1, 1])
          add(spec$design, quantile, group, "se", q[1, 4])
        }
      }
    }
  }
  # laeken takes weights only: point values, with the national line for groups
  by <- function(statistic, made, scale) {
    add(spec$design, statistic, "all", "value", made$value / scale)
    per <- made$valueByStratum
    for (i in seq_len(NROW(per))) add(spec$design, statistic, as.character(per$stratum[i]), "value", per$value[i] / scale)
  }
  by("poor", suppressWarnings(arpr("v", weights = "w", breakdown = "g", data = data)), 100)
  by("gap", suppressWarnings(rmpg("v", weights = "w", breakdown = "g", data = data)), 100)
  by("s80s20", suppressWarnings(qsr("v", weights = "w", breakdown = "g", data = data)), 1)
  by("gini", suppressWarnings(gini("v", weights = "w", breakdown = "g", data = data)), 100)
}
write.csv(do.call(rbind, out), file.path(folder, "expected.csv"), row.names = FALSE)
write.csv(do.call(rbind, gaps), file.path(folder, "gaps.csv"), row.names = FALSE)
cat(nrow(designs), "designs,", length(out), "figures,", length(gaps), "of groups together; left out", left_out, "\n")
