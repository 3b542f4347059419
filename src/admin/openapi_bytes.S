// The API description, as it is in the source folder (BELFRY_OPENAPI_JSON), for openapi.cpp.
  .section .rodata
  .global belfry_openapi
  .global belfry_openapi_end
belfry_openapi:
  .incbin BELFRY_OPENAPI_JSON
belfry_openapi_end:
  .section .note.GNU-stack,"",@progbits
