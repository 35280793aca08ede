"""Dictionaries: the kit's pages."""

from app.core.views.records import EntityView
from app.security.models import DICTIONARY
from app.security.services.dictionary import DictionaryService


class DictionaryEntryView(EntityView):
    """The terms people choose from."""

    entity = DICTIONARY
    service_class = DictionaryService
