# The line that fits points best. Parameters arrive as lines like: x='[1,2,3]'
lines <- readLines(file("stdin"))

numbers <- function(name) {
  line <- grep(paste0("^", name, "="), lines, value = TRUE)
  as.numeric(strsplit(gsub(".*='\\[|\\]'", "", line), ",")[[1]])
}

x <- numbers("x")
y <- numbers("y")
if (length(x) != length(y)) stop("x and y must be equally long")
message("fitting ", length(x), " points")

model <- lm(y ~ x)
cat(sprintf(
  '{"intercept": %.6f, "slope": %.6f, "r_squared": %.6f}\n',
  coef(model)[[1]], coef(model)[[2]], summary(model)$r.squared
))
