# What R says of generated designs: `Rscript survey.R FOLDER`. FOLDER/designs.csv lists them; FOLDER/<design>.csv has the rows.
# Writes FOLDER/expected.csv: design, statistic, group, what, value. Needs the packages survey and laeken.
suppressPackageStartupMessages({ library(survey); library(laeken) })
folder <- commandArgs(trailingOnly = TRUE)[1]
designs <- read.csv(file.path(folder, "designs.csv"), colClasses = "character")
out <- list()
add <- function(design, statistic, group, what, value) {
  if (length(value) == 1 && is.finite(value)) {
    out[[length(out) + 1]] <<- data.frame(design = design, statistic = statistic, group = group, what = what, value = sprintf("%.17g", value))
  }
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
  for (group in c("all", "a", "b", "c")) {
    part <- if (group == "all") design else subset(design, g == group)
    if (nrow(part) < 2) next
    both <- function(statistic, made) {
      add(spec$design, statistic, group, "value", as.numeric(coef(made)))
      add(spec$design, statistic, group, "se", as.numeric(SE(made)))
    }
    mean <- svymean(~y, part, na.rm = TRUE, deff = group == "all" && spec$type == "")
    both("mean", mean)
    if (group == "all" && spec$type == "") add(spec$design, "mean", group, "deff", as.numeric(deff(mean)))
    both("total", svytotal(~y, part, na.rm = TRUE))
    both("share", svymean(~z, part))
    both("ratio", svyratio(~y, ~x, part, na.rm = TRUE))
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
        q <- tryCatch(suppressWarnings(svyquantile(~v, part, 0.5, qrule = "math", interval.type = "mean"))[[1]], error = function(e) NULL)
        if (!is.null(q)) {
          add(spec$design, "median", group, "value", q[1, 1])
          add(spec$design, "median", group, "se", q[1, 4])
          add(spec$design, "median", group, "lower", q[1, 2])
          add(spec$design, "median", group, "upper", q[1, 3])
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
cat(nrow(designs), "designs,", length(out), "figures\n")
