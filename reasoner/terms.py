"""The IRIs by which the modules name what they read and write."""

from functools import lru_cache

from reasoner.rdf import Iri

BASE = "https://w3id.org/guideline-reasoner/"


class Namespace:
    """Attribute access to the IRIs under one prefix: ``CORE.presence``."""

    def __init__(self, prefix: str) -> None:
        self.prefix = prefix

    def __getattr__(self, name: str) -> Iri:
        found = self.__dict__[name] = Iri(self.prefix + name)
        return found

    def __getitem__(self, name: str) -> Iri:
        return Iri(self.prefix + name)

    def __contains__(self, iri: str) -> bool:
        return iri.startswith(self.prefix)


CORE = Namespace(BASE + "core#")
GUIDELINE = Namespace(BASE + "guideline#")
DETERMINATION = Namespace(BASE + "determination#")
STORE = Namespace(BASE + "store#")
RDF = Namespace("http://www.w3.org/1999/02/22-rdf-syntax-ns#")
RDFS = Namespace("http://www.w3.org/2000/01/rdf-schema#")
OWL = Namespace("http://www.w3.org/2002/07/owl#")
XSD = Namespace("http://www.w3.org/2001/XMLSchema#")
SH = Namespace("http://www.w3.org/ns/shacl#")
SKOS = Namespace("http://www.w3.org/2004/02/skos/core#")
DCTERMS = Namespace("http://purl.org/dc/terms/")
PROV = Namespace("http://www.w3.org/ns/prov#")
SCHEMA = Namespace("http://schema.org/")

A = RDF.type


@lru_cache(maxsize=8192)
def local_name(iri: str) -> str:
    """The last segment of an IRI, after its ``#`` or last ``/``."""
    return iri.rstrip("/#").replace("#", "/").rpartition("/")[2]
