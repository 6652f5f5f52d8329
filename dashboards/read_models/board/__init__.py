"""The termly board report: sections of words, tables and charts, all protected, from the data."""

from dashboards.read_models.board.report import BoardReport, ReportTerm, board_report, terms_until

__all__ = ["BoardReport", "ReportTerm", "board_report", "terms_until"]
