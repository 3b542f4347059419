"""What POST /notifications/call costs in FastAPI: the same checks of the same body, and nothing stored."""

import re
import uuid
from datetime import datetime, timezone
from typing import Optional

from fastapi import FastAPI
from pydantic import BaseModel, Field, validator

app = FastAPI()


class CallRequest(BaseModel):
    phone_number: str
    task_title: str = Field(min_length=1, max_length=500)
    task_id: Optional[str] = Field(default=None, max_length=255)

    @validator("phone_number")
    def e164(cls, number):
        if not re.fullmatch(r"\+[1-9]\d{6,14}", number):
            raise ValueError("phone number must be E.164, for example +14155551234")
        return number


@app.post("/notifications/call", status_code=201)
async def call(request: CallRequest):
    return {
        "call_sid": "CA" + uuid.uuid4().hex, "status": "queued", "to": request.phone_number,
        "task_id": request.task_id, "task_title": request.task_title,
        "initiated_at": datetime.now(timezone.utc).isoformat(),
    }  # fmt: skip
