"""The schemas of the OMG, which SpiffWorkflow carries: what they have against files, as JSON."""

import json
import os
import sys

import SpiffWorkflow.bpmn.parser
from lxml import etree

folder = os.path.join(os.path.dirname(SpiffWorkflow.bpmn.parser.__file__), "schema")
schema = etree.XMLSchema(etree.parse(os.path.join(folder, "BPMN20.xsd")))


def against(path):
    try:
        schema.validate(etree.parse(path))
    except etree.XMLSyntaxError as error:
        return [str(error)]
    return [f"line {error.line}: {error.message}" for error in schema.error_log]


print(json.dumps({path: against(path) for path in sys.argv[1:]}))
