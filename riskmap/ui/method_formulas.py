"""The formulas of the page of methods and where they come from: the same in every language."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from riskmap.analytics.method_views import Method

FORMULAS: Final[Mapping[Method, tuple[str, ...]]] = MappingProxyType(
    {
        Method.RATE: (
            r"r = \frac{x}{n}\,k",
            r"x < 10:\quad L = \tfrac{1}{2}\,\chi^2_{0.025}(2x)",
            r"U = \tfrac{1}{2}\,\chi^2_{0.975}(2x + 2)",
            r"x \ge 10:\quad L = x\left(1 - \frac{1}{9x} - \frac{z}{3\sqrt{x}}\right)^{3}",
            r"U = (x + 1)\left(1 - \frac{1}{9(x + 1)} + \frac{z}{3\sqrt{x + 1}}\right)^{3}",
        ),
        Method.SHARE: (
            r"p = \frac{x}{n}",
            r"L,\,U = \frac{2x + z^2 \mp z\sqrt{z^2 + 4x(1 - p)}}{2\,(n + z^2)}",
        ),
        Method.EXPOSURE: (r"n = \sum_{y} \frac{N_{y-1} + N_{y}}{2}\cdot\frac{d_y}{D_y}",),
        Method.FEW_EVENTS: (r"s = \frac{1}{\sqrt{x}}", r"x = 20:\quad s = 0.22"),
        Method.CLASSES: (r"\mathrm{class}(v) = \#\{\,i : b_i \le v\,\}",),
        Method.COMPARISON: (
            r"q = \frac{t}{t + t'}",
            r"X \sim \mathrm{Bin}(x + x',\, q)",
            r"p = \min\{1,\; 2P(X \le x),\; 2P(X \ge x)\}",
        ),
        Method.FUNNEL: (
            r"u_i = 2\left(\sqrt{O_i} - \sqrt{E_i}\right)",
            r"\varphi = \frac{1}{N}\sum_i u_i^2",
            r"\tau^2 = \frac{N\varphi - (N - 1)}{\sum w_i - \sum w_i^2 / \sum w_i}",
            r"L,\,U = \theta\left(1 \mp z\sqrt{\frac{1}{4E} + \tau^2}\,\right)^{2}",
        ),
        Method.SMOOTHING: (
            r"\hat r_i = b + w_i\,(r_i - b)",
            r"w_i = \frac{a}{a + b / n_i}",
            r"b = \frac{\sum x_i}{\sum n_i}",
            r"a = \frac{\sum n_i (r_i - b)^2}{\sum n_i} - \frac{b}{\bar n}",
        ),
        Method.NEIGHBOURS: (
            r"u_i = \frac{r_i - b}{\sqrt{a + b / n_i}}",
            r"I = \frac{N}{\sum w_{ij}}\cdot\frac{\sum_i\sum_j w_{ij}\,u_i u_j}{\sum_i u_i^2}",
            r"I_i = \frac{u_i}{m_2}\sum_j w_{ij}\,u_j",
            r"G_i = \frac{\sum_j w_{ij} x_j - W_i \bar x}{s\sqrt{(N S_i - W_i^2) / (N - 1)}}",
            r"q_{(i)} = \min_{j \ge i} \frac{m\,p_{(j)}}{j}",
        ),
        Method.CLUSTERS: (
            r"\mathrm{LLR} = c\,\ln\frac{c}{E} + (C - c)\,\ln\frac{C - c}{C - E}",
            r"g_i = \frac{1}{1 + n_i\,a / b}",
            r"p = \frac{b' + 1}{R + 1}",
        ),
        Method.TREND: (
            r"\beta = \frac{\sum w_t (t - \bar t)\,y_t}{\sum w_t (t - \bar t)^2}",
            r"\beta^2 \sum w_t (t - \bar t)^2 > 9.55",
            r"S = \sum_g \sum_{i<j} \mathrm{sign}(x_{jg} - x_{ig})",
            r"Z = \frac{S - \mathrm{sign}(S)}{\sqrt{\mathrm{Var}(S)}}",
            r"d = \mathrm{median}\;\frac{x_{jg} - x_{ig}}{j - i}",
        ),
        Method.SIGNALS: (
            r"\text{EARS C2:}\quad U_t = \bar y + 3s",
            r"\text{Farrington:}\quad \ln\mu_t = \alpha + \beta t + \gamma_{g(t)}",
            r"U_t:\; P(Y \le U_t) \ge 0.95,\;\; \mathrm{Var}(Y) = \varphi\mu_t",
            r"S_t = \max\left(0,\; S_{t-1} + \frac{y_t - m}{s} - \frac{1}{2}\right)",
            r"\text{CUSUM:}\quad S_t > 5",
        ),
        Method.INEQUALITY: (r"G = 1 - \sum_i (P_i - P_{i-1})(L_i + L_{i-1})",),
        Method.SILENCE: (
            r"E_i = n_i\,\frac{\sum_{j \ne i} x_j}{\sum_{j \ne i} n_j}",
            r"P(X \le x_i) < 0.01",
            r"\mathrm{Var}(X) = E_i + \delta E_i^2",
        ),
        Method.INDEX: (
            r"s_{ik} = 1 + 99\,\frac{v_{ik} - \min_k}{\max_k - \min_k}",
            r"S_i = 101 - \prod_k (101 - s_{ik})^{w_k}",
        ),
        Method.STANDARDISED: (
            r"r = \frac{\sum_k w_k\,x_k / n_k}{\sum_k w_k}",
            r"\frac{O}{E}",
            r"E = \sum_k n_k\,\frac{X_k}{N_k}",
        ),
    }
)

SOURCES: Final[Mapping[Method, str]] = MappingProxyType(
    {
        Method.RATE: "Garwood 1936; Breslow, Day 1987; OHID, Fingertips technical guide",
        Method.SHARE: "Wilson 1927; OHID, Fingertips technical guide",
        Method.EXPOSURE: "Breslow, Day 1987",
        Method.FEW_EVENTS: "CDC, WISQARS",
        Method.CLASSES: "Cynthia Brewer, Mark Harrower, ColorBrewer 2.0",
        Method.COMPARISON: "Przyborowski, Wilenski 1940; Fisher 1935; Fay 2010",
        Method.FUNNEL: "Spiegelhalter 2005; OHID, Fingertips technical guide",
        Method.SMOOTHING: "Marshall 1991; Clayton, Kaldor 1987",
        Method.NEIGHBOURS: (
            "Moran 1950; Assunção, Reis 1999; Anselin 1995; Getis, Ord 1992; Ord, Getis 1995; Benjamini, Hochberg 1995"
        ),
        Method.CLUSTERS: "Kulldorff 1997; Marshall 1991",
        Method.TREND: "OHID, Fingertips technical guide, recent trends; Hirsch, Slack, Smith 1982; Sen 1968",
        Method.SIGNALS: (
            "Hutwagner, Thompson, Seeman, Treadwell 2003; Noufaily, Enki, Farrington, Garthwaite, Andrews, Charlett "
            "2013; Page 1954"
        ),
        Method.INEQUALITY: "Lorenz 1905; Gini 1914; Potthoff, Whittinghill 1966",
        Method.SILENCE: "Spiegelhalter 2005",
        Method.INDEX: "OECD/JRC 2008; Saisana, Saltelli, Tarantola 2005",
        Method.STANDARDISED: "Dobson, Kuulasmaa, Eberle, Scherer 1991; Breslow, Day 1987",
    }
)
