"""HTML routes of attendance: the registers that people send by hand."""

from django.urls import path

from attendance import views

urlpatterns = [
    path("registers/upload/", views.UploadView.as_view(), name="register_upload"),
    path(
        "registers/upload/template.csv", views.TemplateFileView.as_view(), name="register_template"
    ),
    path("registers/batches/<int:batch_id>/undo/", views.UndoView.as_view(), name="register_undo"),
    path(
        "registers/batches/<int:batch_id>/review/",
        views.ReviewView.as_view(),
        name="register_review",
    ),
    path("registers/batches/<int:batch_id>/", views.BatchView.as_view(), name="register_batch"),
    path(
        "registers/batches/<int:batch_id>/refused.csv",
        views.RefusedRowsView.as_view(),
        name="register_refused",
    ),
]
