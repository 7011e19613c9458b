"""Small documents of the standards that describe data sets one by one, written by hand."""

CARD = {
    "pretty_name": "Sample", "license": ["cc-by-4.0", "other"], "license_link": "https://example.org/l",
    "language_creators": ["found", "machine-generated"], "annotations_creators": {"a": ["crowdsourced"]},
    "source_datasets": ["original", "extended|other-snli"], "task_categories": ["chat"], "tags": ["synthetic"],
    "dataset_info": {"dataset_size": 7, "splits": [{"name": "train", "num_examples": 3}]},
}  # fmt: skip
RECORD = {"sample": {
    "Unique Dataset Identifier": "sample", "Model Generated": ["OpenAI GPT-4", "templates"], "Human Annotation": "Yes",
    "Text Sources": ["reddit", "crowdsourced"], "Derived from Datasets": ["Alpaca"], "Creators": ["A", "B"],
    "Licenses": [{"License": "MIT License", "License URL": ""}], "Text Metrics": {"Num Dialogs": 3},
    "Dataset URL": "https://example.org/", "License Verified By": "C", "Task Categories": ["Chat"],
}}  # fmt: skip
CROISSANT = {
    "@context": {"@vocab": "https://schema.org/", "cr": "http://mlcommons.org/croissant/", "sc": "https://schema.org/",
                 "dataType": {"@id": "cr:dataType", "@type": "@vocab"}},
    "@type": "sc:Dataset", "conformsTo": ["http://mlcommons.org/croissant/1.1"], "name": {"en": "sample"},
    "license": [{"@type": "sc:CreativeWork", "url": "https://creativecommons.org/licenses/by/4.0/"}, "TODO"],
    "creator": [{"@type": "Person", "name": "A"}, "B"], "datePublished": "2026-01-01", "expires": "2027", "version": 3,
    "url": "https://example.org/", "description": "Of a language model.", "digitalSourceType": {"@id": "print"},
    "size": [{"value": 3, "unitText": "tokens"}], "identifier": {"propertyID": "x", "value": "y"},
    "rai:hasSyntheticData": True, "rai:dataCollection": "by hand",
    "rai:dataCollectionTimeframe": ["2020", "2021-02-03"],
    "rai:machineAnnotationTools": ["tagger; parser"], "rai:dataUseCases": ["training"],
    "prov:wasDerivedFrom": [{"@id": "urn:a", "sha256": "ab"}, "urn:b", {"name": "c", "url": "https://example.org/"}],
    "prov:wasGeneratedBy": [{"@type": "prov:Activity", "prov:label": "Writing", "prov:startedAtTime": "2020",
                             "prov:isAssociatedWith": [{"@type": "prov:SoftwareAgent", "name": "m", "version": "1"}],
                             "prov:used": {"@id": "urn:c"}}],
    "prov:wasAttributedTo": {"@type": "prov:Agent", "prov:label": "T"}, "prov:wasRevisionOf": {"@id": "sha256:ab"},
    "distribution": [
        {"@type": "cr:FileObject", "@id": "a", "contentUrl": "a", "encodingFormat": "x/y", "sha256": "main",
         "contentSize": "3 B"},
        {"@type": "cr:FileSet", "@id": "s", "includes": "*", "encodingFormat": "x/y", "containedIn": {"@id": "a"}}],
    "recordSet": [{"@type": "cr:RecordSet", "@id": "r", "data": [{"r/f": 1}], "field": [
        {"@type": "cr:Field", "@id": "r/f", "name": "f", "dataType": ["sc:Text", "cr:Label"], "isArray": True,
         "arrayShape": "-1", "source": {"fileSet": {"@id": "s"}, "extract": {"column": "f"}},
         "references": {"@id": "r/g"},
         "annotation": {"equivalentProperty": "prov:wasAttributedTo", "dataType": "prov:Person"}},
        {"@type": "cr:Field", "@id": "r/g",
         "subField": [{"@type": "cr:Field", "@id": "r/g/h", "dataType": "sc:Text"}]}]}],
}  # fmt: skip
