# What R says of tests that groups are alike: `Rscript alike.R > alike.json`. Data: nhanes, apistrat and apiclus2 of the package survey (public domain); nhanes with
# the weights of those alike within a sampling unit added up, which leaves every total of a sampling unit as it is.
suppressPackageStartupMessages(library(survey))
text <- function(x) if (is.character(x) || is.factor(x)) paste0('"', x, '"') else ifelse(is.na(x), "null", sprintf("%.17g", x))
object <- function(...) { x <- list(...); paste0("{", paste(sprintf('"%s": %s', names(x), unlist(x)), collapse = ", "), "}") }
columns <- function(frame) paste0("{", paste(sprintf('"%s": [%s]', names(frame), sapply(frame, function(x) paste(text(x), collapse = ", "))), collapse = ", "), "}")
chisq <- function(made) object(f = text(unname(made$statistic)), df = text(unname(made$parameter[1])), denominator_df = text(unname(made$parameter[2])), p = text(as.numeric(made$p.value)))
# Wald's statistic of R, as Hotelling's T-squared with the degrees of freedom of the design (Korn & Graubard 1990); p_of_r takes the statistic over q as F
wald <- function(made, nu) {
  q <- made$df; x <- as.numeric(made$Ftest) * q; f <- x * (nu - q + 1) / (nu * q)
  object(chi_squared = text(x), f = text(f), df = text(q), denominator_df = text(nu - q + 1), p = text(pf(f, q, nu - q + 1, lower.tail = FALSE)), p_of_r = text(as.numeric(made$p)))
}
# means of groups and their covariances
means <- function(model) object(values = paste0("[", paste(text(unname(coef(model))), collapse = ", "), "]"),
  covariance = paste0("[", paste(apply(vcov(model), 1, function(x) paste0("[", paste(text(x), collapse = ", "), "]")), collapse = ", "), "]"))
ttest <- function(made) object(z = text(unname(made$statistic)), df = text(unname(made$parameter)), p = text(as.numeric(made$p.value)))
data(nhanes); data(api)
nhanes <- nhanes[!is.na(nhanes$HI_CHOL), ]
names(nhanes) <- c("psu", "stratum", "w", "high", "race", "agecat", "sex")
short <- aggregate(w ~ psu + stratum + high + race + sex, nhanes, sum)
short$race <- paste0("r", short$race); short$sex <- paste0("s", short$sex)
d <- svydesign(id = ~psu, strata = ~stratum, weights = ~w, nest = TRUE, data = short)
jk <- as.svrepdesign(d)
w <- as.data.frame(as.matrix(jk$repweights)); stopifnot(!jk$combined.weights); names(w) <- paste0("f", seq_along(w))
apistrat$high <- as.numeric(apistrat$api00 > 700)
s <- svydesign(id = ~1, strata = ~stype, weights = ~pw, fpc = ~fpc, data = apistrat)
apiclus2$high <- as.numeric(apiclus2$api00 > 650)
two <- svydesign(id = ~dnum + snum, fpc = ~fpc1 + fpc2, data = apiclus2)
apiclus2$w <- weights(two)
two <- update(two, w = apiclus2$w)
cat(object(
  nhanes = object(columns = columns(short), race = chisq(svychisq(~high + race, d)), race_wald = wald(regTermTest(svyglm(high ~ race, d), ~race), degf(d)), race_means = means(svyglm(high ~ race - 1, d)),
                  sex = chisq(svychisq(~high + sex, d)), sex_t = ttest(svyttest(high ~ sex, d)), sex_means = means(svyglm(high ~ sex - 1, d))),
  jackknife = object(columns = columns(cbind(short[c("w", "high", "race")], w)), rscales = paste0("[", paste(text(jk$rscales), collapse = ", "), "]"), scale = text(jk$scale), df = text(degf(jk)),
                     race = chisq(svychisq(~high + race, jk)), race_wald = wald(regTermTest(svyglm(high ~ race, jk), ~race), degf(jk))),
  apistrat = object(columns = columns(apistrat[c("stype", "pw", "fpc", "high", "awards", "api00")]), awards = chisq(svychisq(~high + awards, s))),
  apiclus2 = object(columns = columns(apiclus2[c("dnum", "snum", "fpc1", "fpc2", "w", "high", "stype")]), stype = chisq(svychisq(~high + stype, two)),
                    stype_wald = wald(regTermTest(svyglm(high ~ stype, two), ~stype), degf(two)), stype_means = means(svyglm(high ~ stype - 1, two)))
), "\n", sep = "")
