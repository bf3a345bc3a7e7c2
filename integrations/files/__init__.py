"""Where files lie: a folder, or an S3-compatible store. What is put there is encrypted before it arrives."""

from integrations.files.objects import ObjectFiles, file_store
from integrations.files.store import FileStore

__all__ = ["FileStore", "ObjectFiles", "file_store"]
